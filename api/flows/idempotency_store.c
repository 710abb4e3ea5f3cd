#include "api/flows/idempotency_store.h"

#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement INSERT = {
    "idempotency_insert", "INSERT INTO idempotency_key (caller, key, method, path, body_sha256, status, subject)"
                          " VALUES ($1, $2, $3, $4, $5, $6::int4, $7)"};

enum zcd_code idempotency_store_insert(struct db *db, const struct idempotency_row *row, struct zcd_error *err)
{
    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(row->caller), db_text(row->key), db_text(row->method), db_text(row->path),
                              db_bytea((struct bytes){row->body_sha256.bytes, SHA256_SIZE}), db_int4(row->status),
                              db_text(row->subject)),
                    NULL, err);
}

static const struct db_statement FIND = {
    "idempotency_find", "SELECT method, path, body_sha256, status::int4 AS status, subject FROM idempotency_key"
                        " WHERE caller = $1 AND key = $2"};

enum zcd_code idempotency_store_find(struct db *db, const char *caller, const char *key, struct arena *arena,
                                     struct idempotency_row *row, bool *found, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct idempotency_row read = {.caller = caller, .key = key};

    if (db_query(db, &FIND, DB_VALUES(db_text(caller), db_text(key)), &rows, err) != ZCD_OK)
        return err->code;
    *found = rows.count > 0;
    if (!*found)
        return ZCD_OK;
    if (db_rows_copy_text(&rows, 0, "method", arena, &read.method, err) != ZCD_OK
        || db_rows_copy_text(&rows, 0, "path", arena, &read.path, err) != ZCD_OK
        || db_rows_copy_text(&rows, 0, "subject", arena, &read.subject, err) != ZCD_OK
        || db_rows_int4(&rows, 0, "status", &read.status, err) != ZCD_OK
        || db_rows_fixed(&rows, 0, "body_sha256", read.body_sha256.bytes, SHA256_SIZE, err) != ZCD_OK)
        return err->code;
    *row = read;
    return ZCD_OK;
}

static const struct db_statement PURGE = {"idempotency_purge",
                                          "DELETE FROM idempotency_key WHERE created_at < now() - interval '7 days'"};
static_assert(IDEMPOTENCY_DAYS == 7, "as the statement says");

enum zcd_code idempotency_store_purge(struct db *db, struct zcd_error *err)
{
    return db_execute(db, &PURGE, NULL, 0, err);
}
