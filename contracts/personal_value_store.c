#include "contracts/personal_value_store.h"

#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement FIND = {
    "personal_value_find", "SELECT uscc, salt, value, log_index FROM personal_value WHERE commitment = $1 LIMIT 1"};

enum zcd_code personal_value_store_find(struct db *db, const uint8_t commitment[PERSONAL_VALUE_DIGEST_SIZE],
                                        struct arena *arena, struct personal_value_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct personal_value_row read;
    const char *uscc, *value;
    int64_t log_index;

    if (db_query(db, &FIND, DB_VALUES(db_bytea((struct bytes){commitment, PERSONAL_VALUE_DIGEST_SIZE})), &rows, err)
        != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no value behind this commitment, or not any more");
    if (db_rows_text(&rows, 0, "uscc", &uscc, err) != ZCD_OK || db_rows_text(&rows, 0, "value", &value, err) != ZCD_OK
        || db_rows_fixed(&rows, 0, "salt", read.salt, sizeof read.salt, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "log_index", &log_index, err) != ZCD_OK)
        return err->code;
    read.uscc = arena_copy_text(arena, uscc);
    read.value = arena_copy_text(arena, value);
    read.log_index = (uint64_t)log_index;
    *row = read;
    return ZCD_OK;
}

static const struct db_statement ERASE = {"personal_value_erase",
                                          "DELETE FROM personal_value WHERE uscc = $1 AND commitment = $2"};

enum zcd_code personal_value_store_erase(struct db *db, const char *uscc,
                                         const uint8_t commitment[PERSONAL_VALUE_DIGEST_SIZE], struct zcd_error *err)
{
    return db_queue(db, &ERASE,
                    DB_VALUES(db_text(uscc), db_bytea((struct bytes){commitment, PERSONAL_VALUE_DIGEST_SIZE})), NULL,
                    err);
}
