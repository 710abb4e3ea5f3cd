#include "api/identity/credential_store.h"

#include "api/identity/caller.h"
#include "base/cleanup.h"
#include "db/query.h"

#include <stdbool.h>
#include <string.h>

const char *credential_subject_kind_name(enum credential_kind kind)
{
    return kind == CREDENTIAL_OIDC ? "oidc" : "certificate";
}

struct sha256 credential_subject_digest(enum credential_kind kind, const char *subject)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    buffer_append_format(&text, "%s\n%s", credential_subject_kind_name(kind), subject);
    return sha256_of(buffer_bytes(&text));
}

/* kind is enum credential_kind. */
static const struct db_statement LIST = {
    "credential_list",
    "SELECT c.sha256, c.kind, c.expires_at, c.used_on, u.id, array_to_string(u.roles, ',') AS roles, u.lender, u.uscc FROM ("
    " SELECT 1 AS kind, sha256, expires_at, used_on, user_id FROM access_token WHERE revoked_at IS NULL AND expires_at > $1"
    " UNION ALL"
    " SELECT 2, sha256, expires_at, NULL, user_id FROM user_session WHERE ended_at IS NULL AND expires_at > $1"
    " UNION ALL"
    " SELECT CASE kind WHEN 'oidc' THEN 3 ELSE 4 END, sha256(convert_to(kind || E'\\n' || subject, 'UTF8')), NULL, NULL, user_id"
    " FROM user_subject"
    ") c JOIN service_user u ON u.id = c.user_id WHERE u.disabled_at IS NULL ORDER BY c.sha256, c.kind"};

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct credential_row *row,
                              struct zcd_error *err)
{
    const char *roles;
    int32_t kind;

    row->used_on = DATE_NONE;
    row->expires_at_us = INT64_MAX;
    if (db_rows_fixed(rows, i, "sha256", row->sha256.bytes, SHA256_SIZE, err) != ZCD_OK
        || db_rows_int4(rows, i, "kind", &kind, err) != ZCD_OK
        || (!db_rows_is_null(rows, i, "expires_at")
            && db_rows_timestamptz(rows, i, "expires_at", &row->expires_at_us, err) != ZCD_OK)
        || (!db_rows_is_null(rows, i, "used_on") && db_rows_date(rows, i, "used_on", &row->used_on, err) != ZCD_OK)
        || db_rows_copy_text_or_null(rows, i, "id", arena, &row->user, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "lender", arena, &row->lender, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "uscc", arena, &row->uscc, err) != ZCD_OK
        || db_rows_text(rows, i, "roles", &roles, err) != ZCD_OK)
        return err->code;
    row->kind = (enum credential_kind)kind;
    return caller_roles_parse(roles, &row->roles, err);
}

enum zcd_code credential_store_list(struct db *db, int64_t now_us, struct arena *arena, struct credential_row **rows,
                                    size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST, DB_VALUES(db_timestamptz(now_us)), &found, err);

    struct credential_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct credential_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}
