#include "api/identity/user_store.h"

#include "api/identity/caller.h"
#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement INSERT = {"user_insert",
                                           "INSERT INTO service_user (id, roles, lender, uscc)"
                                           " VALUES ($1, string_to_array($2, ','), $3, $4)"};

enum zcd_code user_store_insert(struct db *db, const struct user_row *row, struct zcd_error *err)
{
    char roles[CALLER_ROLES_TEXT_SIZE];
    enum zcd_code code =
        db_execute(db, &INSERT,
                   DB_VALUES(db_text(row->id), db_text(caller_roles_format(row->roles, roles)), db_text(row->lender),
                             db_text(row->uscc)),
                   err);

    if (code == ZCD_CONFLICT)
        return zcd_fail(err, code, "there is a user %.64s already", row->id);
    if (code == ZCD_INVALID)
        return zcd_fail(err, code, "a user's id has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit");
    return code;
}

static const struct db_statement LIST = {
    "user_list", "SELECT id, array_to_string(roles, ',') AS roles, lender, uscc, disabled_at IS NOT NULL AS is_disabled"
                 " FROM service_user ORDER BY id COLLATE \"C\""};

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

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct user_row *row,
                              struct zcd_error *err)
{
    const char *roles;

    if (read_optional(rows, i, "id", arena, &row->id, err) != ZCD_OK
        || read_optional(rows, i, "lender", arena, &row->lender, err) != ZCD_OK
        || read_optional(rows, i, "uscc", arena, &row->uscc, err) != ZCD_OK
        || db_rows_bool(rows, i, "is_disabled", &row->is_disabled, err) != ZCD_OK
        || db_rows_text(rows, i, "roles", &roles, err) != ZCD_OK)
        return err->code;
    return caller_roles_parse(roles, &row->roles, err);
}

enum zcd_code user_store_list(struct db *db, struct arena *arena, struct user_row **rows, size_t *count,
                              struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST, NULL, 0, &found, err);

    struct user_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct user_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}

static const struct db_statement DISABLE = {
    "user_disable", "UPDATE service_user SET disabled_at = now() WHERE id = $1 AND disabled_at IS NULL RETURNING id"};

enum zcd_code user_store_disable(struct db *db, const char *id, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &DISABLE, DB_VALUES(db_text(id)), &rows, err);

    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no user %.64s, or it is disabled already", id);
    return code;
}
