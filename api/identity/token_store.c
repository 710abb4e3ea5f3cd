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

static const struct db_statement USE = {
    "token_use", "UPDATE access_token SET used_on = $2 WHERE sha256 = $1 AND (used_on IS NULL OR used_on < $2)"};

enum zcd_code token_store_use(struct db *db, const struct sha256 *sha256, struct date day, struct zcd_error *err)
{
    return db_execute(db, &USE, DB_VALUES(digest_value(sha256), db_date(day)), err);
}
