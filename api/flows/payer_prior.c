#include "api/flows/payer_prior.h"

#include "scoring/delay.h"

#include <assert.h>

static_assert(PAYER_DELAY_WEEKS == DELAY_WEEKS, "weeks are counted alike");

static void fill(const void *context, enum payer_level level, enum fund_source fund_source,
                 int64_t sums_ppm[PAYER_DELAY_WEEKS + 1])
{
    delay_prior_sums(context, level, fund_source, sums_ppm);
}

struct payer_prior payer_prior_of(const struct policy *policy)
{
    return (struct payer_prior){fill, policy};
}
