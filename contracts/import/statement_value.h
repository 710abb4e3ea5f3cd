/*
 * statement_value.h - amounts and days as Chinese banks print them. Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_STATEMENT_VALUE_H
#define CONTRACTS_IMPORT_STATEMENT_VALUE_H

#include "base/date.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Read an amount: digits, full-width ones too, at most two decimals (more only when 0), thousands separated by commas in
 * groups of three or not at all, a sign in front or parentheses around, ¥ or CNY or RMB in front, 元 behind.
 *
 *   fen  out  with its sign; 0 for an empty field and for "-"; written only when the answer is true
 *
 * False: anything else, or beyond MONEY_FEN_MAX.
 */
bool statement_amount_parse(const char *text, int64_t *fen);

/*
 * Read a day: 20201008, 2020-10-08, 2020/10/8, 2020.10.8, 2020年10月8日, full-width digits too, with or without a time behind
 * it (2020-10-08-09.30.00.000000 too). Year first, always: 08/10/2020 can be read in two ways and is refused, as is a day that does not exist.
 */
bool statement_date_parse(const char *text, struct date *date);

#endif
