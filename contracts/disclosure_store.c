#include "contracts/disclosure_store.h"

#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

static const struct db_statement INSERT = {
    "disclosure_insert", "INSERT INTO disclosure (uscc, caller, day, form, log_index) VALUES ($1, $2, $3, $4, $5)"};

enum zcd_code disclosure_store_insert(struct db *db, const struct disclosure_row *row, struct zcd_error *err)
{
    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(row->uscc), db_text(row->caller), db_date(row->day), db_text(row->form),
                              db_int8((int64_t)row->log_index)),
                    NULL, err);
}

static const struct db_statement FIND = {
    "disclosure_find",
    "SELECT asked.place FROM unnest($1::text[]) WITH ORDINALITY AS asked (uscc, place) WHERE EXISTS (SELECT FROM disclosure d"
    " WHERE d.uscc = asked.uscc AND d.caller = $2 AND d.day = $3 AND d.form = $4)"};

/* rows: places, from 1 */
static enum zcd_code mark(const struct db_rows *rows, size_t count, bool *has, struct zcd_error *err)
{
    int64_t place;

    memset(has, 0, count * sizeof *has);
    for (int i = 0; i < rows->count; i++) {
        enum zcd_code code = db_rows_int8(rows, i, "place", &place, err);
        if (code != ZCD_OK)
            return code;
        has[place - 1] = true;
    }
    return ZCD_OK;
}

enum zcd_code disclosure_store_find(struct db *db, const struct disclosure_row *row, const char *const *uscc,
                                    size_t count, bool *has, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    ZCD_AUTO(db_array_done)
    struct db_array asked;

    db_array_init(&asked, DB_TEXT_ARRAY);
    for (size_t i = 0; i < count; i++)
        db_array_add_text(&asked, uscc[i]);
    enum zcd_code code = db_query(
        db, &FIND, DB_VALUES(db_array_value(&asked), db_text(row->caller), db_date(row->day), db_text(row->form)),
        &rows, err);

    return code == ZCD_OK ? mark(&rows, count, has, err) : code;
}
