/*
 * rows.h - the business rows of records, whatever their kind: what the log calls in the transaction of their leaves.
 *
 * Thread: the log's writer.
 */
#ifndef API_FLOWS_ROWS_H
#define API_FLOWS_ROWS_H

#include "audit/log.h"

/* log_insert_rows */
enum zcd_code rows_insert(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                          struct zcd_error *err);

/* log_restore_rows */
enum zcd_code rows_restore(struct db *db, const struct log_restored *restored, size_t count, void *context,
                           struct zcd_error *err);

#endif
