/*
 * record_order.h - do a log's records follow one another, by what stands in them? Whoever cuts one out, puts one in or
 * swaps two, and makes every hash anew, must still forge this.
 *
 * An organisation's records are numbered from 1 without gaps, whatever their kind, and time never goes back (record.h).
 * Memory grows with the number of organisations. Thread: one at a time for an object.
 */
#ifndef AUDIT_RECORD_ORDER_H
#define AUDIT_RECORD_ORDER_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>

struct record_order;

/* begins  in  the first leaf will be the log's first; otherwise each organisation's first number is taken as it comes. */
struct record_order *record_order_new(bool begins);
void record_order_free(struct record_order *order); /* NULL is fine */

/*
 * The next leaf of the log.
 * ZCD_INVALID when it is no record; ZCD_CONFLICT when its number or time does not follow. The order then goes on from it.
 */
enum zcd_code record_order_check(struct record_order *order, struct bytes leaf, struct zcd_error *err) ZCD_MUST_USE;

#endif
