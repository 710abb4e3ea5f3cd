#include "contracts/import_report_store.h"

#include "base/cleanup.h"
#include "db/copy.h"
#include "db/query.h"

#include <string.h>

static const struct db_statement INSERT = {
    "import_outcome_insert", "INSERT INTO import_outcome (lender, import_id, log_index, job_id, outcome, line_count,"
                             " line_total) VALUES ($1, $2, $3, $4, $5, $6, $7)"};

static const struct db_statement COPY = {
    "import_report_copy", "COPY import_report_line (lender, import_id, position, severity, line, field, value, rule, text_zh,"
                          " text_en) FROM STDIN (FORMAT binary)"};

enum zcd_code import_report_store_insert(struct db *db, const struct fact_import *import, const struct import_outcome_row *row,
                                         const struct import_line *lines, size_t count, struct zcd_error *err)
{
    ZCD_AUTO(db_copy_done)
    struct db_copy copy = {0};
    enum zcd_code code = db_queue(db, &INSERT,
                                  DB_VALUES(db_text(import->lender), db_int8(import->id), db_int8(row->log_index),
                                            db_text(row->job), db_text(row->outcome), db_int4((int32_t)count),
                                            db_int8(row->line_total)),
                                  NULL, err);

    for (size_t i = 0; i < count; i++) {
        const struct import_line *line = &lines[i];
        const struct db_value values[] = {
            db_text(import->lender), db_int8(import->id),  db_int4((int32_t)i + 1), db_text(import_severity_name(line->severity)),
            db_int8((int64_t)line->line), db_text(line->field), db_text(line->value), db_text(line->rule), db_text(line->zh),
            db_text(line->en)};
        db_copy_add(&copy, values, sizeof values / sizeof *values);
    }
    return code == ZCD_OK ? db_copy_send(db, &COPY, &copy, err) : code;
}

static const struct db_statement FIND = {
    "import_outcome_find",
    "SELECT log_index, job_id, outcome, line_count, line_total FROM import_outcome WHERE lender = $1 AND import_id = $2"};

enum zcd_code import_report_store_find(struct db *db, const char *lender, int64_t import, struct arena *arena,
                                       struct import_outcome_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct import_outcome_row read;

    if (db_query(db, &FIND, DB_VALUES(db_text(lender), db_int8(import)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the import has no report");
    if (db_rows_int8(&rows, 0, "log_index", &read.log_index, err) != ZCD_OK
        || db_rows_copy_text_or_null(&rows, 0, "job_id", arena, &read.job, err) != ZCD_OK
        || db_rows_copy_text_or_null(&rows, 0, "outcome", arena, &read.outcome, err) != ZCD_OK
        || db_rows_int4(&rows, 0, "line_count", &read.line_count, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "line_total", &read.line_total, err) != ZCD_OK)
        return err->code;
    *row = read;
    return ZCD_OK;
}

static const struct db_statement FIND_JOB = {"import_outcome_find_job",
                                             "SELECT import_id FROM import_outcome WHERE lender = $1 AND job_id = $2"};

enum zcd_code import_report_store_find_job(struct db *db, const char *lender, const char *job, int64_t *import,
                                           struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &FIND_JOB, DB_VALUES(db_text(lender), db_text(job)), &rows, err);

    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the job has brought no import");
    return code == ZCD_OK ? db_rows_int8(&rows, 0, "import_id", import, err) : code;
}

static const struct db_statement LINES = {
    "import_report_lines", "SELECT severity, line, field, value, rule, text_zh, text_en FROM import_report_line"
                           " WHERE lender = $1 AND import_id = $2 AND position > $3 ORDER BY position LIMIT $4"};

static enum zcd_code read_severity(const struct db_rows *rows, int row, enum import_severity *severity, struct zcd_error *err)
{
    const char *name;
    enum zcd_code code = db_rows_text(rows, row, "severity", &name, err);

    for (int i = IMPORT_NOTE; code == ZCD_OK && i <= IMPORT_REFUSED; i++) {
        *severity = (enum import_severity)i;
        if (strcmp(import_severity_name(*severity), name) == 0)
            return ZCD_OK;
    }
    return code == ZCD_OK ? zcd_fail(err, ZCD_CORRUPT, "database: a line of a report has an unknown severity") : code;
}

static enum zcd_code read_line(const struct db_rows *rows, int row, struct arena *arena, struct import_line *line,
                               struct zcd_error *err)
{
    int64_t number;

    if (read_severity(rows, row, &line->severity, err) != ZCD_OK || db_rows_int8(rows, row, "line", &number, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "field", arena, &line->field, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "value", arena, &line->value, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "rule", arena, &line->rule, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "text_zh", arena, &line->zh, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "text_en", arena, &line->en, err) != ZCD_OK)
        return err->code;
    line->line = (uint64_t)number;
    return ZCD_OK;
}

enum zcd_code import_report_store_lines(struct db *db, const char *lender, int64_t import, int32_t after, int32_t limit,
                                        struct arena *arena, struct import_line **lines, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &LINES, DB_VALUES(db_text(lender), db_int8(import), db_int4(after), db_int4(limit)), &rows, err);

    if (code != ZCD_OK)
        return code;
    struct import_line *read = ARENA_NEW(arena, struct import_line, (size_t)rows.count + 1);
    for (int row = 0; row < rows.count; row++) {
        code = read_line(&rows, row, arena, &read[row], err);
        if (code != ZCD_OK)
            return code;
    }
    *lines = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}
