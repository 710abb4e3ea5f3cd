#include "base/money.h"

#include <assert.h>
#include <string.h>

/* gcc and clang on 64-bit machines; holds every product of two amounts. */
__extension__ typedef __int128 wide;

enum { FEN_DIGITS = 2, GROUP_DIGITS = 3 };

bool money_add(int64_t a_fen, int64_t b_fen, int64_t *result_fen)
{
    int64_t sum;

    assert(result_fen != NULL);
    if (__builtin_add_overflow(a_fen, b_fen, &sum))
        return false;
    *result_fen = sum;
    return true;
}

bool money_sub(int64_t a_fen, int64_t b_fen, int64_t *result_fen)
{
    int64_t difference;

    assert(result_fen != NULL);
    if (__builtin_sub_overflow(a_fen, b_fen, &difference))
        return false;
    *result_fen = difference;
    return true;
}

static int64_t narrow(wide value)
{
    assert(value >= INT64_MIN);
    assert(value <= INT64_MAX);
    return (int64_t)value;
}

int64_t money_mul_ratio_floor(int64_t amount_fen, int64_t numerator, int64_t denominator)
{
    assert(denominator > 0);

    wide product = (wide)amount_fen * numerator;
    wide quotient = product / denominator; /* C rounds toward zero */
    if (product % denominator < 0)
        quotient--;
    return narrow(quotient);
}

int64_t money_mul_ratio_ceil(int64_t amount_fen, int64_t numerator, int64_t denominator)
{
    assert(denominator > 0);

    wide product = (wide)amount_fen * numerator;
    wide quotient = product / denominator;
    if (product % denominator > 0)
        quotient++;
    return narrow(quotient);
}

int64_t money_mul_bp_floor(int64_t amount_fen, int64_t rate_bp)
{
    return money_mul_ratio_floor(amount_fen, rate_bp, MONEY_BP_ONE);
}

int64_t money_mul_bp_ceil(int64_t amount_fen, int64_t rate_bp)
{
    return money_mul_ratio_ceil(amount_fen, rate_bp, MONEY_BP_ONE);
}

int64_t money_mul_ppm_floor(int64_t amount_fen, int64_t rate_ppm)
{
    return money_mul_ratio_floor(amount_fen, rate_ppm, MONEY_PPM_ONE);
}

int64_t money_round_down(int64_t amount_fen, int64_t step_fen)
{
    assert(amount_fen >= 0);
    assert(step_fen > 0);
    return amount_fen - amount_fen % step_fen;
}

const char *money_format_yuan(int64_t amount_fen, char text[MONEY_TEXT_SIZE])
{
    static_assert(sizeof "-92,233,720,368,547,758.08" <= MONEY_TEXT_SIZE, "INT64_MIN fits");

    /* From the last digit to the first; negating as unsigned is right for INT64_MIN too. */
    uint64_t left = amount_fen < 0 ? -(uint64_t)amount_fen : (uint64_t)amount_fen;
    char written[MONEY_TEXT_SIZE];
    char *start = written + sizeof written;
    *--start = '\0';
    for (int place = -FEN_DIGITS; place <= 0 || left > 0; place++) {
        if (place == 0)
            *--start = '.';
        if (place > 0 && place % GROUP_DIGITS == 0)
            *--start = ',';
        *--start = (char)('0' + left % 10);
        left /= 10;
    }
    if (amount_fen < 0)
        *--start = '-';
    return memcpy(text, start, (size_t)(written + sizeof written - start));
}
