#include "contracts/import/currency.h"

#include <string.h>

/*
 * ISO 4217 as the codelist of OCDS 1.1.5 names it (currency.csv, those without an end), by number of decimals as in ISO 4217
 * table A.1. Codes without a minor unit (gold, special drawing rights, test codes) are left out: an amount in them has no whole units.
 */
static const char *const CODES_BY_DECIMALS[] = {
    /* 0 */
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ",
    /* 1 */
    "",
    /* 2 */
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK "
    "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VES WST XCD YER ZAR ZMW ZWL ",
    /* 3 */
    "BHD IQD JOD KWD LYD OMR TND ",
    /* 4 */
    "CLF UYW ",
};

int currency_decimals(const char *code)
{
    if (strlen(code) != 3 || strchr(code, ' ') != NULL)
        return -1;
    for (int decimals = 0; decimals <= 4; decimals++)
        for (const char *row = CODES_BY_DECIMALS[decimals]; *row != '\0'; row += 4)
            if (strncmp(row, code, 3) == 0)
                return decimals;
    return -1;
}

enum { TEXT_SIZE_MAX = 400, EXPONENT_MAX = 1000 };

/* A number's text taken apart: the digits without the point, and how many of them stand behind it. */
struct decimal {
    char digits[TEXT_SIZE_MAX];
    int count;
    int scale; /* the value is digits / 10^scale; negative for 1e6 */
    bool is_negative;
};

static const char *take_digits(const char *at, struct decimal *decimal)
{
    for (; *at >= '0' && *at <= '9'; at++)
        decimal->digits[decimal->count++] = *at;
    return at;
}

/* The exponent's value, held within bounds that no amount comes near; NULL when there is no digit. */
static const char *take_exponent(const char *at, struct decimal *decimal)
{
    bool is_negative = *at == '-';
    int exponent = 0;

    if (*at == '-' || *at == '+')
        at++;
    if (*at < '0' || *at > '9')
        return NULL;
    for (; *at >= '0' && *at <= '9'; at++)
        exponent = exponent >= EXPONENT_MAX ? EXPONENT_MAX : exponent * 10 + (*at - '0');
    decimal->scale += is_negative ? exponent : -exponent;
    return at;
}

static bool take_apart(const char *text, struct decimal *decimal)
{
    const char *at = text;

    *decimal = (struct decimal){.is_negative = *at == '-'};
    if (*at == '-')
        at++;
    const char *whole = at;
    at = take_digits(at, decimal);
    if (at == whole || (*whole == '0' && at - whole > 1)) /* JSON has no leading zeros */
        return false;
    if (*at == '.') {
        const char *fraction = at + 1;
        at = take_digits(fraction, decimal);
        if (at == fraction)
            return false;
        decimal->scale = (int)(at - fraction);
    }
    if (*at == 'e' || *at == 'E')
        at = take_exponent(at + 1, decimal);
    return at != NULL && *at == '\0';
}

/* Zeros at both ends say nothing: without them the count of digits tells the size. */
static void trim(struct decimal *decimal)
{
    int first = 0;

    while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0') {
        decimal->count--;
        decimal->scale--;
    }
    while (first < decimal->count && decimal->digits[first] == '0')
        first++;
    decimal->count -= first;
    memmove(decimal->digits, decimal->digits + first, (size_t)decimal->count);
}

enum currency_outcome currency_parse_amount(const char *text, int decimals, int64_t *minor)
{
    struct decimal decimal;
    int64_t value = 0;

    if (strnlen(text, TEXT_SIZE_MAX) == TEXT_SIZE_MAX)
        return CURRENCY_TOO_LARGE;
    if (!take_apart(text, &decimal))
        return CURRENCY_NO_NUMBER;
    trim(&decimal);
    if (decimal.count == 0) {
        *minor = 0;
        return CURRENCY_EXACT;
    }
    if (decimal.is_negative)
        return CURRENCY_NEGATIVE;
    int zeros = decimals - decimal.scale; /* to be put behind the digits */
    if (decimal.count + zeros > 16)       /* CURRENCY_MINOR_MAX has 16 digits */
        return CURRENCY_TOO_LARGE;
    if (zeros < 0)
        return CURRENCY_TOO_FINE;
    for (int i = 0; i < decimal.count + zeros; i++)
        value = value * 10 + (i < decimal.count ? decimal.digits[i] - '0' : 0);
    if (value > CURRENCY_MINOR_MAX)
        return CURRENCY_TOO_LARGE;
    *minor = value;
    return CURRENCY_EXACT;
}
