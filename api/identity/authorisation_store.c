#include "api/identity/authorisation_store.h"

#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

static void add_scopes(unsigned scopes, struct db_array *array)
{
    db_array_init(array, DB_TEXT_ARRAY);
    for (unsigned rest = scopes; rest != 0; rest &= rest - 1)
        db_array_add_text(array, authorisation_scope_name((enum authorisation_scope)(rest & (0U - rest))));
}

static const struct db_statement INSERT = {
    "authorisation_insert",
    "INSERT INTO authorisation (uscc, id, log_index, granted_to, purpose, scope, expires_on, granted_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

enum zcd_code authorisation_store_insert(struct db *db, const struct authorisation_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array scopes;

    add_scopes(row->scopes, &scopes);
    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(row->uscc), db_text(row->id), db_int8(row->log_index), db_text(row->granted_to),
                              db_text(row->purpose), db_array_value(&scopes), db_date(row->expires_on),
                              db_text(row->granted_by)),
                    NULL, err);
}

static const struct db_statement WITHDRAW = {"authorisation_withdraw",
                                             "UPDATE authorisation SET withdrawn_index = $3"
                                             " WHERE uscc = $1 AND log_index = $2 AND withdrawn_index IS NULL RETURNING id"};

enum zcd_code authorisation_store_withdraw(struct db *db, const char *uscc, int64_t log_index, int64_t withdrawn_index,
                                           struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code =
        db_query(db, &WITHDRAW, DB_VALUES(db_text(uscc), db_int8(log_index), db_int8(withdrawn_index)), &rows, err);

    return code == ZCD_OK && rows.count == 0 ? zcd_fail(err, ZCD_CONFLICT, "it is withdrawn already") : code;
}

#define COLUMNS                                                                                                        \
    "SELECT uscc, id, log_index, granted_to, purpose, array_to_string(scope, ',') AS scope, expires_on, granted_by,"   \
    " coalesce(withdrawn_index, -1) AS withdrawn_index FROM authorisation"

static enum zcd_code read_scopes(const struct db_rows *rows, int i, struct arena *arena, unsigned *scopes,
                                 struct zcd_error *err)
{
    const char *text, *names[AUTHORISATION_SCOPES_MAX];
    size_t count = 0;
    enum zcd_code code = db_rows_text(rows, i, "scope", &text, err);

    if (code != ZCD_OK)
        return code;
    char *rest = arena_copy_text(arena, text), *end;
    for (char *name = strtok_r(rest, ",", &end); name != NULL && count < AUTHORISATION_SCOPES_MAX; name = strtok_r(NULL, ",", &end))
        names[count++] = name;
    if (authorisation_scopes_read(names, count, scopes, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "a stored authorisation is for what there is not");
    return ZCD_OK;
}

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct authorisation_row *row,
                              struct zcd_error *err)
{
    row->expires_on = DATE_NONE;
    if (db_rows_copy_text(rows, i, "uscc", arena, &row->uscc, err) != ZCD_OK
        || db_rows_copy_text(rows, i, "id", arena, &row->id, err) != ZCD_OK
        || db_rows_copy_text(rows, i, "granted_to", arena, &row->granted_to, err) != ZCD_OK
        || db_rows_copy_text(rows, i, "purpose", arena, &row->purpose, err) != ZCD_OK
        || db_rows_copy_text(rows, i, "granted_by", arena, &row->granted_by, err) != ZCD_OK
        || db_rows_int8(rows, i, "log_index", &row->log_index, err) != ZCD_OK
        || db_rows_int8(rows, i, "withdrawn_index", &row->withdrawn_index, err) != ZCD_OK
        || (!db_rows_is_null(rows, i, "expires_on")
            && db_rows_date(rows, i, "expires_on", &row->expires_on, err) != ZCD_OK))
        return err->code;
    return read_scopes(rows, i, arena, &row->scopes, err);
}

static const struct db_statement FIND = {"authorisation_find", COLUMNS " WHERE uscc = $1 AND id = $2"};

enum zcd_code authorisation_store_find(struct db *db, const char *id, struct arena *arena, struct authorisation_row *row,
                                       struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    char uscc[USCC_LENGTH + 1] = "";

    if (strlen(id) == AUTHORISATION_ID_SIZE - 1 && bytes_are_utf8(bytes_of_text(id)))
        memcpy(uscc, id + strlen("au_"), USCC_LENGTH);
    enum zcd_code code =
        uscc[0] == '\0' ? ZCD_OK : db_query(db, &FIND, DB_VALUES(db_text(uscc), db_text(id)), &rows, err);
    if (code != ZCD_OK)
        return code;
    return rows.count == 1 ? read_row(&rows, 0, arena, row, err)
                           : zcd_fail(err, ZCD_NOT_FOUND, "there is no such authorisation");
}

static const struct db_statement LIST = {"authorisation_list",
                                         COLUMNS " WHERE ($1::text IS NULL OR uscc = $1)"
                                                 " AND ($2::text IS NULL OR granted_to = $2) AND log_index < $3"
                                                 " ORDER BY log_index DESC LIMIT $4"};

enum zcd_code authorisation_store_list(struct db *db, const struct authorisation_search *search, struct arena *arena,
                                       struct authorisation_row **rows, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST,
                                  DB_VALUES(db_text(search->uscc), db_text(search->granted_to), db_int8(search->below),
                                            db_int8((int64_t)search->limit)),
                                  &found, err);

    struct authorisation_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct authorisation_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}

static const struct db_statement ALLOWS = {
    "authorisation_allows", "SELECT id FROM authorisation WHERE uscc = $1 AND granted_to = $2 AND $3 = ANY (scope)"
                            " AND (expires_on IS NULL OR expires_on >= $4) AND withdrawn_index IS NULL LIMIT 1"};

enum zcd_code authorisation_store_allows(struct db *db, const char *uscc, const char *granted_to,
                                         enum authorisation_scope scope, struct date day, bool *allows,
                                         struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(
        db, &ALLOWS,
        DB_VALUES(db_text(uscc), db_text(granted_to), db_text(authorisation_scope_name(scope)), db_date(day)), &rows, err);

    if (code == ZCD_OK)
        *allows = rows.count > 0;
    return code;
}

static const struct db_statement ALLOWING = {
    "authorisation_allowing", "SELECT DISTINCT uscc FROM authorisation WHERE granted_to = $1 AND $2 = ANY (scope)"
                              " AND (expires_on IS NULL OR expires_on >= $3) AND withdrawn_index IS NULL ORDER BY uscc"};

enum zcd_code authorisation_store_list_allowing(struct db *db, const char *granted_to, enum authorisation_scope scope,
                                                struct date day, struct arena *arena, const char *const **organisations,
                                                size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(
        db, &ALLOWING, DB_VALUES(db_text(granted_to), db_text(authorisation_scope_name(scope)), db_date(day)), &rows, err);

    const char **read = code == ZCD_OK ? ARENA_NEW(arena, const char *, (size_t)rows.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < rows.count; i++)
        code = db_rows_copy_text(&rows, i, "uscc", arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *organisations = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}
