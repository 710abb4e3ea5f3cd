#include "api/identity/token_store.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

const char *token_id_format(const struct sha256 *sha256, char text[TOKEN_ID_SIZE])
{
    hex_encode(sha256->bytes, (TOKEN_ID_SIZE - 1) / 2, text);
    return text;
}

static struct db_value digest_value(const struct sha256 *sha256)
{
    return db_bytea((struct bytes){sha256->bytes, SHA256_SIZE});
}

static const struct db_statement INSERT = {"token_insert",
                                           "INSERT INTO access_token (sha256, user_id, expires_at)"
                                           " SELECT $1, id, $3 FROM service_user WHERE id = $2 AND disabled_at IS NULL"
                                           " RETURNING user_id"};

enum zcd_code token_store_insert(struct db *db, const char *user, const struct sha256 *sha256, int64_t expires_at_us,
                                 struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(
        db, &INSERT, DB_VALUES(digest_value(sha256), db_text(user), db_timestamptz(expires_at_us)), &rows, err);

    if (code == ZCD_CONFLICT)
        return zcd_fail(err, code, "this token is known already");
    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no user %.64s, or it is disabled", user);
    return code;
}

static const struct db_statement REVOKE = {
    "token_revoke", "UPDATE access_token SET revoked_at = now()"
                    " WHERE left(encode(sha256, 'hex'), 16) = $1 AND revoked_at IS NULL RETURNING user_id"};

enum zcd_code token_store_revoke(struct db *db, const char *id, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &REVOKE, DB_VALUES(db_text(id)), &rows, err);

    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no token of that id, or it is revoked already");
    return code;
}

#define COLUMNS                                                                                                        \
    "SELECT left(encode(t.sha256, 'hex'), 16) AS id, t.user_id, t.expires_at, t.used_on"                               \
    " FROM access_token t JOIN service_user u ON u.id = t.user_id"                                                     \
    " WHERE t.revoked_at IS NULL AND t.expires_at > now() AND (t.user_id = $1 OR u.lender = $2)"

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct token_row *row,
                              struct zcd_error *err)
{
    const char *id, *user;

    row->used_on = DATE_NONE;
    if (db_rows_text(rows, i, "id", &id, err) != ZCD_OK || db_rows_text(rows, i, "user_id", &user, err) != ZCD_OK
        || db_rows_timestamptz(rows, i, "expires_at", &row->expires_at_us, err) != ZCD_OK
        || (!db_rows_is_null(rows, i, "used_on") && db_rows_date(rows, i, "used_on", &row->used_on, err) != ZCD_OK))
        return err->code;
    row->id = arena_copy_text(arena, id);
    row->user = arena_copy_text(arena, user);
    return ZCD_OK;
}

static const struct db_statement LIST = {
    "token_list", COLUMNS " AND left(encode(t.sha256, 'hex'), 16) > $3 COLLATE \"C\" ORDER BY t.sha256 LIMIT $4"};

enum zcd_code token_store_list(struct db *db, const struct token_scope *scope, const char *after, size_t limit,
                               struct arena *arena, struct token_row **rows, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(
        db, &LIST,
        DB_VALUES(db_text(scope->user), db_text(scope->lender), db_text(after), db_int8((int64_t)limit)), &found, err);

    struct token_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct token_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}

static const struct db_statement FIND = {"token_find", COLUMNS " AND left(encode(t.sha256, 'hex'), 16) = $3"};

enum zcd_code token_store_find(struct db *db, const struct token_scope *scope, const char *id, struct arena *arena,
                               struct token_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code =
        db_query(db, &FIND, DB_VALUES(db_text(scope->user), db_text(scope->lender), db_text(id)), &found, err);

    if (code == ZCD_OK && found.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no token of that id, or it is revoked already");
    return code == ZCD_OK ? read_row(&found, 0, arena, row, err) : code;
}

static const struct db_statement USE = {
    "token_use", "UPDATE access_token SET used_on = $2 WHERE sha256 = $1 AND (used_on IS NULL OR used_on < $2)"};

enum zcd_code token_store_use(struct db *db, const struct sha256 *sha256, struct date day, struct zcd_error *err)
{
    return db_execute(db, &USE, DB_VALUES(digest_value(sha256), db_date(day)), err);
}
