/*
 * csv_record.h - one record of a CSV file, cut into its fields.
 *
 * RFC 4180 with any separator, and with what spreadsheets and banks add: blanks and tabs around a field, and ="00123",
 * which keeps a spreadsheet from reading a number. A record may go over several lines inside quotes.
 * Pure but for the heap. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_CSV_RECORD_H
#define CONTRACTS_IMPORT_CSV_RECORD_H

#include "base/bytes.h"

#include <stddef.h>

#define CSV_FIELDS_MAX 256
#define CSV_RECORD_LINES_MAX 8
#define CSV_RECORD_SIZE_MAX 131072

enum csv_state {
    CSV_WHOLE = 1,
    CSV_OPEN,            /* a quote is not closed: the next line belongs to it */
    CSV_TOO_MANY_FIELDS,
    CSV_TEXT_BEHIND_QUOTE
};

/* Start with {0}; end with csv_record_done. Fields are borrowed until the next csv_record_split. */
struct csv_record {
    struct buffer text;
    size_t count;
    const char *fields[CSV_FIELDS_MAX];
};

/*
 * Cut a text into fields.
 *
 *   text    in   one or more lines, joined by LF; copied
 *   record  out  its fields, only when the answer is CSV_WHOLE
 */
enum csv_state csv_record_split(const char *text, char separator, struct csv_record *record);
void csv_record_done(struct csv_record *record);

#endif
