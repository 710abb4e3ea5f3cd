/*
 * daily_statement.h - at the end of each day a record says how many records of each kind the day had, and which: from
 * where the last statement ended up to the day's last one. So whoever holds the statements can tell that nothing is missing
 * from a list of records, and a log from which somebody took records no longer adds up.
 *
 * Body: {"counts": {kind: n}, "day": "2026-03-31", "from": index, "previous": index of the last statement or null, "to": index}
 */
#ifndef API_FLOWS_DAILY_STATEMENT_H
#define API_FLOWS_DAILY_STATEMENT_H

#include "audit/log.h"
#include "base/date.h"
#include "base/error.h"

#include <stdbool.h>

struct db;

/*
 * Write the statement of the oldest day that has records and none, if that day is over.
 *
 *   today    in   the civil day in Shanghai
 *   written  out  false when nothing was due, or another process was first: then there may be no more or one more
 *
 * A day without records has no statement; but the statement of a day is itself a record of the next. Waits for the log.
 * ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code daily_statement_write(struct log *log, struct db *db, struct date today, bool *written,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* The row of a statement's record, inserted with it or when it is put back: see log_insert_rows and log_restore_rows. */
enum zcd_code daily_statement_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                         struct zcd_error *err) ZCD_MUST_USE;

#endif
