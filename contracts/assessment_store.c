#include "contracts/assessment_store.h"

#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

static const struct db_statement INSERT = {
    "assessment_insert",
    "INSERT INTO assessment (uscc, id, log_index, application_id, outcome, dossier_sha256, policy_sha256,"
    "                        decision_sha256, created_at)"
    " SELECT uscc, id, log_index, application_id, outcome, dossier_sha256, policy_sha256, decision_sha256,"
    "        timestamptz 'epoch' + created_at_us * interval '1 microsecond'"
    " FROM unnest($1::text[], $2::text[], $3::int8[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[],"
    "             $9::int8[])"
    "      AS x (uscc, id, log_index, application_id, outcome, dossier_sha256, policy_sha256, decision_sha256,"
    "            created_at_us)"};

enum { COLUMNS = 9 };

static void done_columns(struct db_array (*column)[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++)
        db_array_done(&(*column)[i]);
}

enum zcd_code assessment_store_insert(struct db *db, const struct assessment_row *rows, size_t count,
                                      struct zcd_error *err)
{
    static const enum db_type TYPES[COLUMNS] = {DB_TEXT_ARRAY,  DB_TEXT_ARRAY,  DB_INT8_ARRAY,
                                                DB_TEXT_ARRAY,  DB_TEXT_ARRAY,  DB_BYTEA_ARRAY,
                                                DB_BYTEA_ARRAY, DB_BYTEA_ARRAY, DB_INT8_ARRAY};
    ZCD_AUTO(done_columns)
    struct db_array column[COLUMNS];
    struct db_value value[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        db_array_init(&column[i], TYPES[i]);
    for (size_t i = 0; i < count; i++) {
        const struct assessment_row *row = &rows[i];
        db_array_add_text(&column[0], row->uscc.text);
        db_array_add_text(&column[1], row->id);
        db_array_add_int8(&column[2], (int64_t)row->log_index);
        db_array_add_text(&column[3], row->application_id);
        db_array_add_text(&column[4], row->outcome);
        db_array_add_bytea(&column[5], (struct bytes){row->dossier_sha256, sizeof row->dossier_sha256});
        db_array_add_bytea(&column[6], (struct bytes){row->policy_sha256, sizeof row->policy_sha256});
        db_array_add_bytea(&column[7], (struct bytes){row->decision_sha256, sizeof row->decision_sha256});
        db_array_add_int8(&column[8], row->created_at_us);
    }
    for (int i = 0; i < COLUMNS; i++)
        value[i] = db_array_value(&column[i]);
    return db_queue(db, &INSERT, value, COLUMNS, NULL, err);
}

static const struct db_statement FIND = {
    "assessment_find", "SELECT uscc, id, log_index, application_id, outcome, dossier_sha256, policy_sha256,"
                       "       decision_sha256, created_at"
                       " FROM assessment WHERE uscc = $1 AND id = $2"};

static enum zcd_code decode(const struct db_rows *rows, struct arena *arena, struct assessment_row *row,
                            struct zcd_error *err)
{
    int64_t log_index;

    if (db_rows_copy_text(rows, 0, "id", arena, &row->id, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, 0, "application_id", arena, &row->application_id, err) != ZCD_OK
        || db_rows_copy_text(rows, 0, "outcome", arena, &row->outcome, err) != ZCD_OK
        || db_rows_int8(rows, 0, "log_index", &log_index, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "dossier_sha256", row->dossier_sha256, sizeof row->dossier_sha256, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "policy_sha256", row->policy_sha256, sizeof row->policy_sha256, err) != ZCD_OK
        || db_rows_fixed(rows, 0, "decision_sha256", row->decision_sha256, sizeof row->decision_sha256, err) != ZCD_OK)
        return err->code;
    row->log_index = (uint64_t)log_index;
    return db_rows_timestamptz(rows, 0, "created_at", &row->created_at_us, err);
}

enum zcd_code assessment_store_find(struct db *db, const struct uscc *uscc, const char *id, struct arena *arena,
                                    struct assessment_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct assessment_row read = {.uscc = *uscc};

    if (db_query(db, &FIND, DB_VALUES(db_text(uscc->text), db_text(id)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the organisation has no such assessment");
    if (decode(&rows, arena, &read, err) != ZCD_OK)
        return err->code;
    *row = read;
    return ZCD_OK;
}
