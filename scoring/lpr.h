/*
 * lpr.h - the loan prime rate (贷款市场报价利率) that holds on a day.
 *
 * Quotes are published monthly and hold until the next one (PBoC announcement 2019 No. 15). Pure; the table
 * (data/reference/lpr.csv) is compiled in and begins with the reformed quotation on 2019-08-20. Thread: any.
 */
#ifndef SCORING_LPR_H
#define SCORING_LPR_H

#include "base/date.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Find the last quote on or before a day; false, with nothing written, when the first quote is later.
 *
 *   one_year_bp  out  LPR of one year, in basis points a year: 3.85 % is 385
 *   quoted_on    out  the day of that quote, so that a reader can see how old it is
 */
bool lpr_find(struct date day, int32_t *one_year_bp, struct date *quoted_on);

#endif
