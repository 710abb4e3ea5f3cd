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

#define COLUMNS                                                                                                        \
    "SELECT id, array_to_string(roles, ',') AS roles, lender, uscc, disabled_at IS NOT NULL AS is_disabled FROM service_user"

static const struct db_statement LIST = {
    "user_list", COLUMNS " ORDER BY id COLLATE \"C\""};

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct user_row *row,
                              struct zcd_error *err)
{
    const char *roles;

    if (db_rows_copy_text_or_null(rows, i, "id", arena, &row->id, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "lender", arena, &row->lender, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "uscc", arena, &row->uscc, err) != ZCD_OK
        || db_rows_bool(rows, i, "is_disabled", &row->is_disabled, err) != ZCD_OK
        || db_rows_text(rows, i, "roles", &roles, err) != ZCD_OK)
        return err->code;
    return caller_roles_parse(roles, &row->roles, err);
}

static enum zcd_code read_rows(const struct db_rows *found, struct arena *arena, struct user_row **rows, size_t *count,
                               struct zcd_error *err)
{
    struct user_row *read = ARENA_NEW(arena, struct user_row, (size_t)found->count);
    enum zcd_code code = ZCD_OK;

    for (int i = 0; code == ZCD_OK && i < found->count; i++)
        code = read_row(found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found->count;
    return ZCD_OK;
}

enum zcd_code user_store_list(struct db *db, struct arena *arena, struct user_row **rows, size_t *count,
                              struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST, NULL, 0, &found, err);

    return code == ZCD_OK ? read_rows(&found, arena, rows, count, err) : code;
}

static const struct db_statement LIST_LENDER = {
    "user_list_lender", COLUMNS " WHERE lender = $1 AND id COLLATE \"C\" > $2 ORDER BY id COLLATE \"C\" LIMIT $3"};

enum zcd_code user_store_list_lender(struct db *db, const char *lender, const char *after, size_t limit,
                                     struct arena *arena, struct user_row **rows, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST_LENDER, DB_VALUES(db_text(lender), db_text(after), db_int8((int64_t)limit)),
                                  &found, err);

    return code == ZCD_OK ? read_rows(&found, arena, rows, count, err) : code;
}

static const struct db_statement FIND = {"user_find", COLUMNS " WHERE id = $1"};

enum zcd_code user_store_find(struct db *db, const char *id, struct arena *arena, struct user_row *row,
                              struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &FIND, DB_VALUES(db_text(id)), &found, err);

    if (code == ZCD_OK && found.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such user");
    return code == ZCD_OK ? read_row(&found, 0, arena, row, err) : code;
}

static const struct db_statement SET_ROLES = {
    "user_set_roles", "INSERT INTO service_user AS u (id, roles, lender) VALUES ($1, string_to_array($2, ','), $3)"
                      " ON CONFLICT (id) DO UPDATE SET roles = excluded.roles"
                      " WHERE u.lender = excluded.lender AND u.disabled_at IS NULL RETURNING id"};

enum zcd_code user_store_set_roles(struct db *db, const char *id, unsigned roles, const char *lender,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    char text[CALLER_ROLES_TEXT_SIZE];
    enum zcd_code code = db_query(
        db, &SET_ROLES, DB_VALUES(db_text(id), db_text(caller_roles_format(roles, text)), db_text(lender)), &rows, err);

    return code == ZCD_OK && rows.count == 0
               ? zcd_fail(err, ZCD_CONFLICT, "this id is a user's who is disabled, or belongs elsewhere")
               : code;
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
