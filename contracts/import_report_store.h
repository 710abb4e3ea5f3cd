/*
 * import_report_store.h - what the reading of an imported file had to say: counts, and the lines of its report.
 *
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_IMPORT_REPORT_STORE_H
#define CONTRACTS_IMPORT_REPORT_STORE_H

#include "base/arena.h"
#include "contracts/fact_table_store.h"
#include "contracts/import/import_report.h"

/* What stands beside an import. Texts that were not given are NULL. */
struct import_outcome_row {
    int64_t log_index;   /* of the import's record */
    const char *job;     /* that brought it */
    const char *outcome; /* a JSON object of at most 64 KiB */
    int32_t line_count;  /* lines of the report that are kept */
    int64_t line_total;  /* that there were */
};

/*
 * Queue all of it, behind import_store_end, in the import's transaction.
 *
 *   row    in  line_count is taken from count
 *   lines  in  in the order in which they are to be shown
 */
enum zcd_code import_report_store_insert(struct db *db, const struct fact_import *import, const struct import_outcome_row *row,
                                         const struct import_line *lines, size_t count, struct zcd_error *err) ZCD_MUST_USE;

/* ZCD_NOT_FOUND: no file was read for this import, or before there were reports. */
enum zcd_code import_report_store_find(struct db *db, const char *lender, int64_t import, struct arena *arena,
                                       struct import_outcome_row *row, struct zcd_error *err) ZCD_MUST_USE;

/* The import that a job has brought. ZCD_NOT_FOUND: none yet. */
enum zcd_code import_report_store_find_job(struct db *db, const char *lender, const char *job, int64_t *import,
                                           struct zcd_error *err) ZCD_MUST_USE;

/*
 * Lines of a report.
 *
 *   after  in   those behind this position, from 1; 0: from the first
 *   limit  in   at most so many
 *   lines  out  in the arena; the first has position after + 1
 */
enum zcd_code import_report_store_lines(struct db *db, const char *lender, int64_t import, int32_t after, int32_t limit,
                                        struct arena *arena, struct import_line **lines, size_t *count,
                                        struct zcd_error *err) ZCD_MUST_USE;

#endif
