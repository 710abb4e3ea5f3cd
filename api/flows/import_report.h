/*
 * import_report.h - the lines of a report while a file is read: the first ones of each severity are kept, all are counted
 * (contracts/import/import_counter.h).
 *
 * Thread: one at a time.
 */
#ifndef API_FLOWS_IMPORT_REPORT_H
#define API_FLOWS_IMPORT_REPORT_H

#include "contracts/import/import_sink.h"

#include <stddef.h>

#define IMPORT_REPORT_LINES_MAX 10000 /* of each severity; what a person reads through is far less */

struct import_report;

struct import_report *import_report_new(void);
void import_report_free(struct import_report *report); /* NULL is fine */

/* Fits import_sink.take_line, with the report as context. Never fails. */
enum zcd_code import_report_take_line(void *context, const struct import_line *line, struct zcd_error *err) ZCD_MUST_USE;

/*
 * What was not kept first, then what was kept with doubt, then notes; each in the order of the file.
 *   lines  out  borrowed until the next line is taken, or the report is freed
 */
void import_report_lines(struct import_report *report, const struct import_line **lines, size_t *count);

#endif
