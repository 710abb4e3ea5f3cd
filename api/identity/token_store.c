#include "api/identity/token_store.h"

#include "api/identity/caller.h"
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

static const struct db_statement LIST = {
    "token_list", "SELECT t.sha256, t.expires_at, t.used_on, u.id, array_to_string(u.roles, ',') AS roles, u.lender, u.uscc"
                  " FROM access_token t JOIN service_user u ON u.id = t.user_id"
                  " WHERE t.revoked_at IS NULL AND t.expires_at > $1 AND u.disabled_at IS NULL ORDER BY t.sha256"};

static enum zcd_code read_optional(const struct db_rows *rows, int i, const char *column, struct arena *arena,
                                   const char **text, struct zcd_error *err)
{
    const char *read;

    *text = NULL;
    if (db_rows_is_null(rows, i, column))
        return ZCD_OK;
    enum zcd_code code = db_rows_text(rows, i, column, &read, err);
    if (code == ZCD_OK)
        *text = arena_copy_text(arena, read);
    return code;
}

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct token_row *row,
                              struct zcd_error *err)
{
    const char *roles;

    row->used_on = DATE_NONE;
    if (db_rows_fixed(rows, i, "sha256", row->sha256.bytes, SHA256_SIZE, err) != ZCD_OK
        || db_rows_timestamptz(rows, i, "expires_at", &row->expires_at_us, err) != ZCD_OK
        || (!db_rows_is_null(rows, i, "used_on") && db_rows_date(rows, i, "used_on", &row->used_on, err) != ZCD_OK)
        || read_optional(rows, i, "id", arena, &row->user, err) != ZCD_OK
        || read_optional(rows, i, "lender", arena, &row->lender, err) != ZCD_OK
        || read_optional(rows, i, "uscc", arena, &row->uscc, err) != ZCD_OK
        || db_rows_text(rows, i, "roles", &roles, err) != ZCD_OK)
        return err->code;
    return caller_roles_parse(roles, &row->roles, err);
}

enum zcd_code token_store_list(struct db *db, int64_t now_us, struct arena *arena, struct token_row **rows,
                               size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST, DB_VALUES(db_timestamptz(now_us)), &found, err);

    struct token_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct token_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}

static const struct db_statement USE = {
    "token_use", "UPDATE access_token SET used_on = $2 WHERE sha256 = $1 AND (used_on IS NULL OR used_on < $2)"};

enum zcd_code token_store_use(struct db *db, const struct sha256 *sha256, struct date day, struct zcd_error *err)
{
    return db_execute(db, &USE, DB_VALUES(digest_value(sha256), db_date(day)), err);
}
