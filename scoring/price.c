#include "scoring/price.h"

#include "base/money.h"
#include "scoring/lpr.h"

#include <assert.h>

int32_t price_lgd_bp(const struct policy_price *price, int32_t secured_bp)
{
    assert(secured_bp >= 0);
    assert(secured_bp <= MONEY_BP_ONE);

    int64_t unsecured_bp = MONEY_BP_ONE - secured_bp;
    int64_t mixed = price->lgd_bp * unsecured_bp + price->lgd_secured_bp * secured_bp;
    return (int32_t)money_mul_ratio_ceil(mixed, 1, MONEY_BP_ONE);
}

/* The first row whose PD reaches this one; the last row is for all. */
static int64_t capital_at(const struct policy_price *price, int64_t pd_ppm)
{
    size_t row = 0;
    while (row + 1 < price->capital_count && pd_ppm > price->capital[row].not_repaid_max_ppm)
        row++;
    return price->capital[row].pd_ppm;
}

static int64_t capital_at_lgd(const struct policy_price *price, int64_t pd_ppm, int32_t lgd_bp)
{
    int64_t table_ppm = capital_at(price, pd_ppm);
    return price->lgd_bp == 0 ? table_ppm : money_mul_ratio_ceil(table_ppm, lgd_bp, price->lgd_bp);
}

int32_t price_raroc_bp(int64_t income_bp, int64_t funding_bp, int64_t operating_bp, int64_t expected_loss_bp,
                       int64_t capital_ppm, int64_t capital_return_bp)
{
    if (capital_ppm == 0)
        return 0;
    /* net of costs in basis points times a million, so that the return on capital adds without rounding */
    int64_t net_bp = income_bp - funding_bp - operating_bp - expected_loss_bp;
    int64_t earned = net_bp * MONEY_PPM_ONE + capital_ppm * capital_return_bp;
    int64_t raroc_bp = money_mul_ratio_floor(earned, 1, capital_ppm);
    if (raroc_bp > INT32_MAX)
        return INT32_MAX;
    return raroc_bp < INT32_MIN ? INT32_MIN : (int32_t)raroc_bp;
}

static int32_t clamped(const struct policy_price *price, int32_t rate_bp)
{
    if (rate_bp < price->floor_bp)
        return (int32_t)price->floor_bp;
    return rate_bp > price->cap_bp ? (int32_t)price->cap_bp : rate_bp;
}

void price_loan(const struct policy *policy, struct date as_of, int64_t pd_ppm, int32_t secured_bp,
                struct price_result *result)
{
    const struct policy_price *price = &policy->price;
    struct price_result loan = {.lgd_bp = price_lgd_bp(price, secured_bp)};

    loan.expected_loss_bp = (int32_t)money_mul_ratio_ceil(pd_ppm, loan.lgd_bp, MONEY_PPM_ONE);
    loan.capital_ppm = (int32_t)capital_at_lgd(price, pd_ppm, loan.lgd_bp);
    loan.capital_bp = (int32_t)money_mul_ratio_ceil(loan.capital_ppm, price->capital_hurdle_bp, MONEY_PPM_ONE);
    loan.operating_bp = (int32_t)price->operating_bp;
    loan.inclusive_discount_bp = -(int32_t)price->inclusive_discount_bp;
    loan.has_lpr = lpr_find(as_of, &loan.lpr_bp, &loan.lpr_on);
    if (loan.has_lpr) {
        int32_t sum_bp = loan.lpr_bp + loan.expected_loss_bp + loan.capital_bp + loan.operating_bp
                         + loan.inclusive_discount_bp;
        int64_t funding_bp = loan.lpr_bp - price->funding_spread_bp;
        loan.rate_bp = clamped(price, sum_bp);
        loan.clamp_bp = loan.rate_bp - sum_bp;
        loan.raroc_bp = price_raroc_bp(loan.rate_bp, funding_bp, loan.operating_bp, loan.expected_loss_bp,
                                       loan.capital_ppm, funding_bp);
    }
    *result = loan;
}
