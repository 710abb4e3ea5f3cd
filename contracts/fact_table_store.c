#include "contracts/fact_table_store.h"

#include "base/cleanup.h"
#include "base/region.h"
#include "base/uscc.h"
#include "contracts/organisation.h"

#include <assert.h>
#include <string.h>

enum { COLUMNS_MAX = 40, OWN_COLUMNS = 5 };

/* ------------------------------------------------------------------ from C */

static struct db_value text_or_null(const char *text)
{
    return db_text(text == NULL || *text == '\0' ? NULL : text);
}

static int code_at(const void *member)
{
    int number;

    memcpy(&number, member, sizeof number);
    return number;
}

static struct db_value value_of(const struct fact_column *column, const void *row)
{
    const void *member = (const char *)row + column->offset;
    const char *text;

    switch (column->type) {
    case FACT_COLUMN_ID:
        text = *(const char *const *)member;
        return db_text(text == NULL ? "" : text);
    case FACT_COLUMN_TEXT:
        return text_or_null(*(const char *const *)member);
    case FACT_COLUMN_INT4:
        return db_int4(*(const int32_t *)member);
    case FACT_COLUMN_COUNT:
        return *(const int32_t *)member == DOSSIER_COUNT_NONE ? db_null(DB_INT4) : db_int4(*(const int32_t *)member);
    case FACT_COLUMN_FEN:
        return *(const int64_t *)member == DOSSIER_FEN_NONE ? db_null(DB_INT8) : db_int8(*(const int64_t *)member);
    case FACT_COLUMN_YES:
        return *(const bool *)member ? db_bool(true) : db_null(DB_BOOL);
    case FACT_COLUMN_DATE:
        return db_date(*(const struct date *)member);
    case FACT_COLUMN_CODE:
        return text_or_null(codelist_name(column->codes, code_at(member)));
    case FACT_COLUMN_ID_CODE:
        return db_text(codelist_name(column->codes, code_at(member)));
    case FACT_COLUMN_REGION:
        return text_or_null(((const struct region *)member)->code);
    case FACT_COLUMN_USCC:
        return text_or_null(((const struct uscc *)member)->text);
    }
    assert(false && "a type of enum fact_column_type");
    return db_null(DB_TEXT);
}

static enum db_type type_of(const struct fact_column *column)
{
    switch (column->type) {
    case FACT_COLUMN_INT4:
    case FACT_COLUMN_COUNT:
        return DB_INT4;
    case FACT_COLUMN_FEN:
        return DB_INT8;
    case FACT_COLUMN_YES:
        return DB_BOOL;
    case FACT_COLUMN_DATE:
        return DB_DATE;
    case FACT_COLUMN_ID:
    case FACT_COLUMN_TEXT:
    case FACT_COLUMN_CODE:
    case FACT_COLUMN_ID_CODE:
    case FACT_COLUMN_REGION:
    case FACT_COLUMN_USCC:
        return DB_TEXT;
    }
    assert(false && "a type of enum fact_column_type");
    return DB_TEXT;
}

void fact_table_add(const struct fact_table *table, struct db_copy *waiting, const char *uscc, const void *row)
{
    const struct fact_row *head = row;
    struct db_value values[COLUMNS_MAX] = {db_int8(++waiting->added), db_text(uscc), db_date(head->valid_from), db_bool(head->removed),
                                           db_int8(head->source_row)};

    assert(OWN_COLUMNS + table->column_count <= COLUMNS_MAX);
    assert(!date_is_none(head->valid_from));
    for (size_t i = 0; i < table->column_count; i++) {
        bool is_said = i < table->key_count || !head->removed;
        values[OWN_COLUMNS + i] =
            is_said ? value_of(&table->columns[i], row) : db_null(type_of(&table->columns[i]));
    }
    db_copy_add(waiting, values, OWN_COLUMNS + table->column_count);
}

enum zcd_code fact_table_stage(struct db *db, const struct fact_table *table, struct db_copy *waiting,
                               struct zcd_error *err)
{
    enum zcd_code code = db_queue(db, &table->stage, DB_NO_VALUES, NULL, err);
    return code == ZCD_OK ? db_copy_send(db, &table->copy, waiting, err) : code;
}

enum zcd_code fact_table_write(struct db *db, const struct fact_table *table, struct fact_import *import,
                               struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    int64_t added, replaced, told_twice;

    if (db_query(db, &table->write,
                 DB_VALUES(db_int8(import->id), db_text(import->lender), db_bool(import->fills),
                           db_timestamptz(import->recorded_at_us)),
                 &rows, err)
            != ZCD_OK
        || db_rows_int8(&rows, 0, "added", &added, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "replaced", &replaced, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "told_twice", &told_twice, err) != ZCD_OK)
        return err->code;
    import->added += added;
    import->replaced += replaced;
    import->told_twice += told_twice;
    return ZCD_OK;
}

enum zcd_code fact_table_empty(struct db *db, const struct fact_table *table, struct zcd_error *err)
{
    return db_queue(db, &table->empty, DB_NO_VALUES, NULL, err);
}

enum zcd_code fact_table_write_row(struct db *db, const struct fact_table *table, struct fact_import *import,
                                   const char *uscc, const void *row, struct zcd_error *err)
{
    ZCD_AUTO(db_copy_done)
    struct db_copy waiting = {0};

    fact_table_add(table, &waiting, uscc, row);
    enum zcd_code code = fact_table_stage(db, table, &waiting, err);
    if (code == ZCD_OK)
        code = fact_table_write(db, table, import, err);
    return code == ZCD_OK ? db_queue(db, &table->clear, DB_NO_VALUES, NULL, err) : code;
}

/* -------------------------------------------------------------------- to C */

static enum zcd_code read_code(const struct fact_column *column, const struct db_value *value, void *member,
                               struct zcd_error *err)
{
    int number = 0;

    if (!value->is_null && value->bytes.size > 0 && !codelist_find(column->codes, (const char *)value->bytes.data, &number))
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s has an unknown code", column->name);
    memcpy(member, &number, sizeof number);
    return ZCD_OK;
}

static enum zcd_code read_fixed(const struct fact_column *column, const struct db_value *value, char *member,
                                size_t size, struct zcd_error *err)
{
    if (value->is_null)
        return ZCD_OK; /* the row is zeroed: "" */
    if (value->bytes.size != size - 1)
        return zcd_fail(err, ZCD_CORRUPT, "database: column %s has another length than expected", column->name);
    memcpy(member, value->bytes.data, size);
    return ZCD_OK;
}

static enum zcd_code read_value(const struct fact_column *column, const struct db_value *value, struct arena *arena,
                                void *member, struct zcd_error *err)
{
    switch (column->type) {
    case FACT_COLUMN_ID:
    case FACT_COLUMN_TEXT:
        *(const char **)member =
            value->is_null ? "" : arena_copy_bytes(arena, value->bytes.data, value->bytes.size);
        return ZCD_OK;
    case FACT_COLUMN_INT4:
    case FACT_COLUMN_COUNT:
        *(int32_t *)member = value->is_null ? DOSSIER_COUNT_NONE : (int32_t)value->number;
        return ZCD_OK;
    case FACT_COLUMN_FEN:
        *(int64_t *)member = value->is_null ? DOSSIER_FEN_NONE : value->number;
        return ZCD_OK;
    case FACT_COLUMN_YES:
        *(bool *)member = !value->is_null && value->number != 0;
        return ZCD_OK;
    case FACT_COLUMN_DATE:
        *(struct date *)member = value->is_null ? DATE_NONE : (struct date){(int32_t)value->number};
        return ZCD_OK;
    case FACT_COLUMN_CODE:
    case FACT_COLUMN_ID_CODE:
        return read_code(column, value, member, err);
    case FACT_COLUMN_REGION:
        return read_fixed(column, value, ((struct region *)member)->code, sizeof(struct region), err);
    case FACT_COLUMN_USCC:
        return read_fixed(column, value, ((struct uscc *)member)->text, sizeof(struct uscc), err);
    }
    assert(false && "a type of enum fact_column_type");
    return ZCD_CORRUPT;
}

enum zcd_code fact_table_queue(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                               struct date as_of, int64_t known_at_us, struct db_rows *rows, struct zcd_error *err)
{
    return db_queue(
        db, &table->read,
        DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_date(as_of), db_timestamptz(known_at_us)), rows, err);
}

enum zcd_code fact_table_decode(const struct fact_table *table, const struct db_rows *rows, struct arena *arena,
                                void **array, struct zcd_error *err)
{
    char *decoded = arena_alloc(arena, (size_t)rows->count, table->row_size);

    for (int row = 0; row < rows->count; row++) {
        for (size_t i = 0; i < table->column_count; i++) {
            const struct fact_column *column = &table->columns[i];
            void *member = decoded + (size_t)row * table->row_size + column->offset;
            struct db_value value;
            if (db_rows_value(rows, row, (int)i + 1, type_of(column), &value, err) != ZCD_OK /* 0 is uscc */
                || read_value(column, &value, arena, member, err) != ZCD_OK)
                return err->code;
        }
    }
    *array = decoded;
    return ZCD_OK;
}

enum zcd_code fact_table_load(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                              struct date as_of, int64_t known_at_us, struct arena *arena, void **array, size_t *count,
                              struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = fact_table_queue(db, table, facts, as_of, known_at_us, &rows, err);

    if (code == ZCD_OK)
        code = db_finish(db, err);
    if (code == ZCD_OK)
        code = fact_table_decode(table, &rows, arena, array, err);
    if (code == ZCD_OK)
        *count = (size_t)rows.count;
    return code;
}

/* ----------------------------------------------------------------- history */

static enum zcd_code read_history_row(const struct db_rows *rows, int row, struct fact_row *head,
                                      struct fact_history *history, struct zcd_error *err)
{
    if (db_rows_date(rows, row, "valid_from", &head->valid_from, err) != ZCD_OK
        || db_rows_int8(rows, row, "source_row", &head->source_row, err) != ZCD_OK
        || db_rows_bool(rows, row, "removed", &head->removed, err) != ZCD_OK
        || db_rows_timestamptz(rows, row, "recorded_at", &history->recorded_at_us, err) != ZCD_OK
        || db_rows_int8(rows, row, "import_id", &history->import_id, err) != ZCD_OK)
        return err->code;
    return db_rows_int8(rows, row, "superseded_by", &history->superseded_by, err);
}

enum zcd_code fact_table_history(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                                 struct arena *arena, void **array, struct fact_history **history, size_t *count,
                                 struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    void *decoded;

    if (db_query(db, &table->history, DB_VALUES(db_text(facts->uscc), db_text(facts->lender)), &rows, err) != ZCD_OK
        || fact_table_decode(table, &rows, arena, &decoded, err) != ZCD_OK)
        return err->code;
    struct fact_history *read = ARENA_NEW(arena, struct fact_history, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++) {
        struct fact_row *head = (struct fact_row *)((char *)decoded + (size_t)row * table->row_size);
        enum zcd_code code = read_history_row(&rows, row, head, &read[row], err);
        if (code != ZCD_OK)
            return code;
    }
    *array = decoded;
    *history = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

/* ------------------------------------------------------------------- pages */

static enum zcd_code read_told(const struct db_rows *rows, int row, struct arena *arena, struct fact_row *head,
                               struct fact_told *told, struct zcd_error *err)
{
    struct fact_history history;

    if (read_history_row(rows, row, head, &history, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "lender", arena, &told->lender, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "fact_key", arena, &told->key, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "import_kind", arena, &told->import_kind, err) != ZCD_OK
        || db_rows_copy_text(rows, row, "import_actor", arena, &told->import_actor, err) != ZCD_OK
        || db_rows_int8(rows, row, "withdrawn_by", &told->withdrawn_by, err) != ZCD_OK)
        return err->code;
    told->recorded_at_us = history.recorded_at_us;
    told->import_id = history.import_id;
    told->superseded_by = history.superseded_by;
    if (db_rows_is_null(rows, row, "import_file"))
        return ZCD_OK;
    return db_rows_copy_text(rows, row, "import_file", arena, &told->import_file, err);
}

static enum zcd_code read_page(const struct fact_table *table, const struct db_rows *rows, struct arena *arena,
                               struct fact_page *page, struct zcd_error *err)
{
    struct fact_page read = {.count = (size_t)rows->count};
    enum zcd_code code = fact_table_decode(table, rows, arena, &read.rows, err);

    read.told = ARENA_NEW(arena, struct fact_told, read.count);
    for (int row = 0; code == ZCD_OK && row < rows->count; row++) {
        struct fact_row *head = (struct fact_row *)((char *)read.rows + (size_t)row * table->row_size);
        code = read_told(rows, row, arena, head, &read.told[row], err);
    }
    if (code == ZCD_OK)
        *page = read;
    return code;
}

enum zcd_code fact_table_page(struct db *db, const struct fact_table *table, const struct fact_question *question,
                              struct arena *arena, struct fact_page *page, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &table->page,
                                  DB_VALUES(db_text(question->uscc), db_text(question->lender), db_date(question->as_of),
                                            db_timestamptz(question->known_at_us), db_text(question->after_lender),
                                            db_text(question->after_key), db_text(question->key),
                                            db_text(question->beginning), db_int4(question->limit)),
                                  &rows, err);

    return code == ZCD_OK ? read_page(table, &rows, arena, page, err) : code;
}

enum { TOLD_MAX = 1000 };

enum zcd_code fact_table_told(struct db *db, const struct fact_table *table, const struct fact_question *question,
                              struct arena *arena, struct fact_page *page, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &table->told,
                                  DB_VALUES(db_text(question->uscc), db_text(question->lender), db_text(question->key),
                                            db_int4(TOLD_MAX)),
                                  &rows, err);

    return code == ZCD_OK ? read_page(table, &rows, arena, page, err) : code;
}
