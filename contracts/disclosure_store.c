#include "contracts/disclosure_store.h"

#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement INSERT = {
    "disclosure_insert", "INSERT INTO disclosure (uscc, caller, day, form, log_index) VALUES ($1, $2, $3, $4, $5)"};

enum zcd_code disclosure_store_insert(struct db *db, const struct disclosure_row *row, struct zcd_error *err)
{
    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(row->uscc.text), db_text(row->caller), db_date(row->day), db_text(row->form),
                              db_int8((int64_t)row->log_index)),
                    NULL, err);
}

static const struct db_statement HAS = {
    "disclosure_has",
    "SELECT EXISTS (SELECT FROM disclosure WHERE uscc = $1 AND caller = $2 AND day = $3 AND form = $4) AS has"};

enum zcd_code disclosure_store_has(struct db *db, const struct disclosure_row *row, bool *has, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(
        db, &HAS, DB_VALUES(db_text(row->uscc.text), db_text(row->caller), db_date(row->day), db_text(row->form)),
        &rows, err);

    return code == ZCD_OK ? db_rows_bool(&rows, 0, "has", has, err) : code;
}
