/*
 * import_print.h - what zcd import prints: what the file can tell, what would be kept, and every line of the report.
 *
 * Lines come before the totals are known, and are printed behind them: meanwhile they wait in a temporary file.
 * Thread: one at a time.
 */
#ifndef API_CLI_IMPORT_PRINT_H
#define API_CLI_IMPORT_PRINT_H

#include "api/flows/import_read.h"
#include "contracts/import/import_counter.h"

struct import_print {
    bool is_json;
    FILE *lines; /* in the form in which they are printed */
    uint64_t line_count;
};

/* What came of the import. */
struct import_outcome {
    const struct import_source *source;
    const struct import_told *told;
    const struct import_counts *counts;
    const char *file_sha256; /* hexadecimal */
    bool is_dry_run;
    bool is_changed;      /* something was new; of an import alone */
    int64_t import;       /* its number; of one that changed something */
    int64_t added;        /* facts that were new */
    uint64_t record;      /* of the audit trail */
    uint64_t matched_again; /* receipts of earlier statements that went to milestones because of it */
};

/* ZCD_UNAVAILABLE when there is no room for a temporary file. */
enum zcd_code import_print_begin(bool is_json, struct import_print *print, struct zcd_error *err) ZCD_MUST_USE;
void import_print_done(struct import_print *print);

/* Fits import_sink.take_line, with the print as context. */
enum zcd_code import_print_take_line(void *context, const struct import_line *line, struct zcd_error *err) ZCD_MUST_USE;

/* Print all to standard output. ZCD_UNAVAILABLE when the lines that waited cannot be read. */
enum zcd_code import_print_all(struct import_print *print, const struct import_outcome *outcome,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
