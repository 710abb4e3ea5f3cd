/*
 * statement_reader.h - a bank statement (流水) as lines of money in and out, whatever bank wrote it.
 *
 * The heading is looked for in the first lines, by the names of a profile's columns, with each of comma, tab, bar and
 * semicolon as separator; what stands before it is searched for the account's number. What is clear is handed on, what is
 * not is reported with its line, and nothing is guessed. Memory does not grow with the file. Thread: the caller's.
 */
#ifndef CONTRACTS_IMPORT_STATEMENT_READER_H
#define CONTRACTS_IMPORT_STATEMENT_READER_H

#include "base/date.h"
#include "contracts/import/import_sink.h"
#include "contracts/import/statement_profile.h"
#include "contracts/import/text_lines.h"

#include <stdbool.h>
#include <stdio.h>

#define STATEMENT_PREAMBLE_LINES_MAX 64
#define STATEMENT_LINES_MAX UINT64_C(10000000)
#define STATEMENT_NAME_SIZE_MAX 500
#define STATEMENT_NOTE_SIZE_MAX 1000
#define STATEMENT_ID_SIZE_MAX 64 /* of the bank's own */

/* One transaction. Texts are borrowed until the callback returns. */
struct statement_line {
    uint64_t line;
    struct date on;
    bool is_in;
    int64_t amount_fen; /* > 0, in minor units of the currency */
    const char *currency;   /* CNY, or another with two decimals */
    const char *when;       /* the field of the day as it stands, with the time where the bank gives it */
    const char *payer_name; /* of money that came in */
    const char *note;
    const char *id;      /* of the bank; "" when it gives none */
    const char *balance; /* as it stands; "" */
    const char *account; /* the last four digits at most; "" when the statement does not say */
};

enum statement_rule {
#define STATEMENT_RULE(name, code, severity, zh, en) STATEMENT_##name##_RULE,
#include "contracts/import/statement_rules.def"
#undef STATEMENT_RULE
    STATEMENT_RULE_COUNT
};

struct statement_taker {
    enum zcd_code (*take)(void *context, const struct statement_line *line, struct zcd_error *err);
    void *context;
    const struct import_sink *sink; /* its take_line gets the report */
};

struct statement_summary {
    const char *profile; /* name of the one that fitted */
    enum text_encoding encoding;
    char separator;
    uint64_t line_count, in_count, out_count, refused_count;
};

/*
 * Read a statement.
 *
 *   file      in   need not be seekable
 *   profiles  in   those to try; the one that names most columns of the heading is taken, the first of equals
 *   taker     in   each transaction, in the order of the file; an error ends the reading
 *   summary   out
 *
 * ZCD_INVALID: UTF-16; none of the first STATEMENT_PREAMBLE_LINES_MAX lines is a heading of a profile; more than
 * STATEMENT_LINES_MAX lines. ZCD_NOT_FOUND when the file cannot be read.
 */
enum zcd_code statement_read(FILE *file, const struct statement_profile *profiles, size_t profile_count,
                             const struct statement_taker *taker, struct statement_summary *summary, struct zcd_error *err) ZCD_MUST_USE;

/* Put a line of the report into the sink. */
enum zcd_code statement_report(const struct import_sink *sink, enum statement_rule rule, uint64_t line, const char *field,
                               const char *value, struct zcd_error *err) ZCD_MUST_USE;

#endif
