/*
 * import_encode.h - what came of reading a file, as JSON: counts, coverage, lines of the report. Thread: any.
 */
#ifndef API_CODEC_IMPORT_ENCODE_H
#define API_CODEC_IMPORT_ENCODE_H

#include "base/bytes.h"
#include "contracts/import/import_counter.h"
#include "contracts/import/import_report.h"
#include "contracts/import/ocds_reader.h"
#include "contracts/import/statement_import.h"

/* Names of what facts are about, by enum fact_kind. */
struct import_thing {
    const char *code, *zh, *en;
};
extern const struct import_thing IMPORT_THINGS[];

/* Append {"field":..,"line":..,"rule":..,"severity":..,"text_en":..,"text_zh":..,"value":..}. */
void import_encode_line(const struct import_line *line, struct buffer *json);

/* Append {"organisations":N,...}: every kind of thing. */
void import_encode_things(const struct import_counts *counts, struct buffer *json);

/* Append [{"code":..,"count":..,"of":..,"text_en":..,"text_zh":..},...]. */
void import_encode_coverage(const struct ocds_coverage *coverage, struct buffer *json);

/* What became of the receipts of a statement: a row each. */
#define IMPORT_RECEIPTS_COUNT 6
extern const struct import_thing IMPORT_RECEIPTS[IMPORT_RECEIPTS_COUNT];
uint64_t import_receipts_at(const struct statement_import_summary *summary, size_t row);

/* Append {"matched":N,...}. */
void import_encode_receipts(const struct statement_import_summary *summary, struct buffer *json);

/*
 * Append {"counts":..,"coverage":..,"line_counts":{"kept_with_doubt":N,"not_kept":N,"note":N},"receipts":..}.
 *   coverage, summary  in  NULL, and null, where a file of this kind has none
 */
void import_encode_outcome(const struct import_counts *counts, const struct ocds_coverage *coverage,
                           const struct statement_import_summary *summary, struct buffer *json);

#endif
