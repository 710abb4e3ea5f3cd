/*
 * daily_statement_store.h - which leaf states how many records a day had: one row for each day, made in the transaction
 * of its leaf and never changed. Who comes second with a day, or with a beginning, is refused.
 *
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_DAILY_STATEMENT_STORE_H
#define CONTRACTS_DAILY_STATEMENT_STORE_H

#include "base/date.h"
#include "base/error.h"

#include <stdint.h>

struct db;

struct daily_statement_row {
    struct date day;
    uint64_t from, to; /* the day's records: [from, to) */
    uint64_t log_index;
};

/* Queue the insertion (db_queue). When it runs: ZCD_CONFLICT when the day or its beginning is taken. */
enum zcd_code daily_statement_store_insert(struct db *db, const struct daily_statement_row *row,
                                           struct zcd_error *err) ZCD_MUST_USE;

/* The newest. ZCD_NOT_FOUND when there is none yet; ZCD_UNAVAILABLE; ZCD_CORRUPT. */
enum zcd_code daily_statement_store_find_last(struct db *db, struct daily_statement_row *row,
                                              struct zcd_error *err) ZCD_MUST_USE;

#endif
