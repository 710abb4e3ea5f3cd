/*
 * currency.h - ISO 4217 currencies, how many decimals each has, and amounts read exactly from their decimal text.
 *
 * Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_CURRENCY_H
#define CONTRACTS_IMPORT_CURRENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURRENCY_MINOR_MAX INT64_C(9007199254740991) /* 2^53 - 1: what is kept and shown stays exact in every JSON reader */

/* Decimals of a currency: 2 for CNY, 0 for JPY, 3 for TND. -1 when ISO 4217 lists no such code, or no minor unit for it. */
int currency_decimals(const char *code);

enum currency_outcome {
    CURRENCY_EXACT = 0,
    CURRENCY_NO_NUMBER,  /* not a number as JSON writes one (RFC 8259 section 6) */
    CURRENCY_TOO_FINE,   /* more decimals, other than zeros, than the currency has */
    CURRENCY_TOO_LARGE,  /* above CURRENCY_MINOR_MAX in size */
    CURRENCY_NEGATIVE
};

/*
 * Read a number's text as minor units, without rounding and without floating point: 1234.56, 1e6, 0.1, 12.3400.
 *
 *   text      in   NUL-terminated, at most 400 characters are looked at; longer is CURRENCY_TOO_LARGE
 *   decimals  in   0 to 4
 *   minor     out  written only on CURRENCY_EXACT; -0 is 0
 *
 * Of several outcomes the first in the order NO_NUMBER, NEGATIVE, TOO_LARGE, TOO_FINE.
 */
enum currency_outcome currency_parse_amount(const char *text, int decimals, int64_t *minor);

#endif
