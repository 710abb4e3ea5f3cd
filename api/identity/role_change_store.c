#include "api/identity/role_change_store.h"

#include "api/identity/caller.h"
#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement INSERT = {"role_change_insert",
                                           "INSERT INTO role_change (id, lender, user_id, roles, proposed_by)"
                                           " VALUES ($1, $2, $3, string_to_array($4, ','), $5)"};

enum zcd_code role_change_store_insert(struct db *db, const struct role_change_row *row, struct zcd_error *err)
{
    char roles[CALLER_ROLES_TEXT_SIZE];
    enum zcd_code code = db_execute(db, &INSERT,
                                    DB_VALUES(db_text(row->id), db_text(row->lender), db_text(row->user),
                                              db_text(caller_roles_format(row->roles, roles)), db_text(row->proposed_by)),
                                    err);

    if (code == ZCD_CONFLICT)
        return zcd_fail(err, code, "another change of this user's roles waits to be decided on");
    if (code == ZCD_INVALID) {
        (void)zcd_fail(err, code, "a user's id has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit");
        return zcd_fail_within(err, "user");
    }
    return code;
}

#define COLUMNS                                                                                                        \
    "SELECT id, lender, user_id, array_to_string(roles, ',') AS roles, proposed_by, decided_by, outcome FROM role_change"  \
    " WHERE lender = $1"

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct role_change_row *row,
                              struct zcd_error *err)
{
    const char *roles;

    if (db_rows_copy_text_or_null(rows, i, "id", arena, &row->id, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "lender", arena, &row->lender, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "user_id", arena, &row->user, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "proposed_by", arena, &row->proposed_by, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "decided_by", arena, &row->decided_by, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, i, "outcome", arena, &row->outcome, err) != ZCD_OK
        || db_rows_text(rows, i, "roles", &roles, err) != ZCD_OK)
        return err->code;
    return caller_roles_parse(roles, &row->roles, err);
}

static const struct db_statement FIND = {"role_change_find", COLUMNS " AND id = $2"};

enum zcd_code role_change_store_find(struct db *db, const char *lender, const char *id, struct arena *arena,
                                     struct role_change_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &FIND, DB_VALUES(db_text(lender), db_text(id)), &rows, err);

    if (code == ZCD_OK && rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no such change of roles");
    return code == ZCD_OK ? read_row(&rows, 0, arena, row, err) : code;
}

static const struct db_statement LIST = {
    "role_change_list", COLUMNS " AND ($2::text IS NULL OR id COLLATE \"C\" < $2) ORDER BY id COLLATE \"C\" DESC LIMIT $3"};

enum zcd_code role_change_store_list(struct db *db, const char *lender, const char *before, size_t limit,
                                     struct arena *arena, struct role_change_row **rows, size_t *count,
                                     struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code =
        db_query(db, &LIST, DB_VALUES(db_text(lender), db_text(before), db_int8((int64_t)limit)), &found, err);

    struct role_change_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct role_change_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}

static const struct db_statement DECIDE = {"role_change_decide",
                                           "UPDATE role_change SET decided_by = $2, decided_at = now(), outcome = $3"
                                           " WHERE id = $1 AND outcome IS NULL RETURNING id"};

enum zcd_code role_change_store_decide(struct db *db, const char *id, const char *decided_by, const char *outcome,
                                       struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &DECIDE, DB_VALUES(db_text(id), db_text(decided_by), db_text(outcome)), &rows, err);

    return code == ZCD_OK && rows.count == 0 ? zcd_fail(err, ZCD_CONFLICT, "it is decided on already") : code;
}
