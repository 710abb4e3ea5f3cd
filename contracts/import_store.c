#include "contracts/import_store.h"

#include "base/cleanup.h"
#include "contracts/payer_delay_store.h"

#include <string.h>

/* Locks of two numbers are those of imports alone: this one, and the lender's. */
#define TURNS "20"

static const struct db_statement LOCK = {"import_lock", "SELECT pg_advisory_xact_lock(" TURNS ", hashtext($1)) IS NULL"};

static const struct db_statement TRY_LOCK = {"import_try_lock",
                                             "SELECT pg_try_advisory_xact_lock(" TURNS ", hashtext($1)) AS is_taken"};

/* Which organisations have new statements; fact_table_write fills it. */
static const struct db_statement TOUCHED = {
    "import_touched", "CREATE TEMPORARY TABLE IF NOT EXISTS stage_touched (uscc text COLLATE \"C\") ON COMMIT DELETE ROWS"};

/* An import sorts many rows once, in few statements: memory for that, and no time for compiling them. */
static const struct db_statement SETTINGS = {
    "import_settings", "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true)"};

static const struct db_statement BEGIN = {
    "import_begin", "SELECT nextval('import_number') AS id,"
                    " greatest($2, max(recorded_at) + interval '1 microsecond') AS recorded_at"
                    " FROM import WHERE lender = $1"};

enum zcd_code import_store_take_turn(struct db *db, const char *lender, bool *is_busy, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    bool is_taken = false;

    if (is_busy == NULL)
        return db_execute(db, &LOCK, DB_VALUES(db_text(lender)), err);
    if (db_query(db, &TRY_LOCK, DB_VALUES(db_text(lender)), &rows, err) != ZCD_OK
        || db_rows_bool(&rows, 0, "is_taken", &is_taken, err) != ZCD_OK)
        return err->code;
    *is_busy = !is_taken;
    return is_taken ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "an import is being kept; try again when it has ended");
}

static enum zcd_code begin(struct db *db, const char *lender, int64_t at_us, bool fills, bool *is_busy,
                           struct fact_import *import, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct fact_import begun = {.lender = lender, .fills = fills, .is_busy = is_busy};

    if (db_queue(db, &SETTINGS, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &TOUCHED, DB_NO_VALUES, NULL, err) != ZCD_OK
        || import_store_take_turn(db, lender, is_busy, err) != ZCD_OK
        || db_query(db, &BEGIN, DB_VALUES(db_text(lender), db_timestamptz(at_us)), &rows, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "id", &begun.id, err) != ZCD_OK
        || db_rows_timestamptz(&rows, 0, "recorded_at", &begun.recorded_at_us, err) != ZCD_OK)
        return err->code;
    *import = begun;
    return ZCD_OK;
}

enum zcd_code import_store_begin(struct db *db, const char *lender, int64_t at_us, bool fills,
                                 struct fact_import *import, struct zcd_error *err)
{
    return begin(db, lender, at_us, fills, NULL, import, err);
}

enum zcd_code import_store_begin_at_once(struct db *db, const char *lender, int64_t at_us, bool *is_busy,
                                         struct fact_import *import, struct zcd_error *err)
{
    *is_busy = false;
    return begin(db, lender, at_us, false, is_busy, import, err);
}

/* $1 lender or NULL, $2 the instant. What is being kept becomes known later than what the lender kept before. */
static const struct db_statement UNSETTLED = {
    "import_unsettled",
    "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
    " WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = " TURNS " AND l.granted"
    " AND ($1::text IS NULL OR l.objid::bigint = hashtext($1)::bigint & 4294967295)"
    " AND NOT EXISTS (SELECT FROM import i WHERE hashtext(i.lender)::bigint & 4294967295 = l.objid::bigint"
    " AND i.recorded_at >= $2)) AS is_unsettled"};

enum zcd_code import_store_check_settled(struct db *db, const char *lender, int64_t known_at_us, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    bool is_unsettled = false;

    if (db_query(db, &UNSETTLED, DB_VALUES(db_text(lender), db_timestamptz(known_at_us)), &rows, err) != ZCD_OK
        || db_rows_bool(&rows, 0, "is_unsettled", &is_unsettled, err) != ZCD_OK)
        return err->code;
    return is_unsettled ? zcd_fail(err, ZCD_CONFLICT, "an import is being kept: what was known at that instant is certain when it has ended")
                        : ZCD_OK;
}

static const struct db_statement INSERT = {
    "import_insert", "INSERT INTO import (lender, id, kind, recorded_at, actor, file_name, file_sha256, fact_count, withdraws,"
                     " matches) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, 0), nullif($10, 0))"};

static enum zcd_code insert(struct db *db, const struct fact_import *import, const struct import_row *row,
                            struct zcd_error *err)
{
    struct bytes sha256 = {row->file_sha256, sizeof row->file_sha256};

    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(import->lender), db_int8(import->id), db_text(row->kind),
                              db_timestamptz(import->recorded_at_us), db_text(row->actor), db_text(row->file_name),
                              row->has_file ? db_bytea(sha256) : db_null(DB_BYTEA), db_int8(import->added),
                              db_int8(row->withdraws), db_int8(row->matches)),
                    NULL, err);
}

enum zcd_code import_store_end(struct db *db, const struct fact_import *import, const struct import_row *row,
                               struct zcd_error *err)
{
    if (import->added == 0 && import->set_aside == 0)
        return ZCD_OK;
    enum zcd_code code = insert(db, import, row, err);
    return code == ZCD_OK ? payer_delay_store_update(db, import, err) : code;
}

#define IMPORT_COLUMNS                                                                                                 \
    "SELECT i.id, i.kind, i.recorded_at, i.actor, i.file_name, i.file_sha256, i.fact_count,"                           \
    " coalesce(i.withdraws, 0) AS withdraws, coalesce(i.matches, 0) AS matches, coalesce(w.id, 0) AS withdrawn_by" \
    " FROM import i LEFT JOIN import w ON w.lender = i.lender AND w.withdraws = i.id"

static const struct db_statement FIND = {"import_find", IMPORT_COLUMNS " WHERE i.lender = $1 AND i.id = $2"};

static const struct db_statement LIST = {
    "import_list", IMPORT_COLUMNS " WHERE i.lender = $1 AND ($2 = 0 OR i.id < $2) ORDER BY i.id DESC LIMIT $3"};

static enum zcd_code decode(const struct db_rows *rows, int row, struct arena *arena, struct import_row *read,
                            struct zcd_error *err)
{
    *read = (struct import_row){.has_file = !db_rows_is_null(rows, row, "file_sha256")};
    if (db_rows_int8(rows, row, "id", &read->id, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "kind", arena, &read->kind, err) != ZCD_OK
        || db_rows_timestamptz(rows, row, "recorded_at", &read->recorded_at_us, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "actor", arena, &read->actor, err) != ZCD_OK
        || db_rows_copy_text_or_null(rows, row, "file_name", arena, &read->file_name, err) != ZCD_OK
        || db_rows_int8(rows, row, "fact_count", &read->fact_count, err) != ZCD_OK
        || db_rows_int8(rows, row, "withdraws", &read->withdraws, err) != ZCD_OK
        || db_rows_int8(rows, row, "matches", &read->matches, err) != ZCD_OK
        || db_rows_int8(rows, row, "withdrawn_by", &read->withdrawn_by, err) != ZCD_OK)
        return err->code;
    if (!read->has_file)
        return ZCD_OK;
    return db_rows_fixed(rows, row, "file_sha256", read->file_sha256, sizeof read->file_sha256, err);
}

enum zcd_code import_store_find(struct db *db, const char *lender, int64_t id, struct arena *arena,
                                struct import_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct import_row read;

    if (db_query(db, &FIND, DB_VALUES(db_text(lender), db_int8(id)), &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the lender has no such import");
    if (decode(&rows, 0, arena, &read, err) != ZCD_OK)
        return err->code;
    *row = read;
    return ZCD_OK;
}

enum zcd_code import_store_list(struct db *db, const char *lender, int64_t before, int32_t limit, struct arena *arena,
                                struct import_row **list, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};

    if (db_query(db, &LIST, DB_VALUES(db_text(lender), db_int8(before), db_int4(limit)), &rows, err) != ZCD_OK)
        return err->code;
    struct import_row *read = ARENA_NEW(arena, struct import_row, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        enum zcd_code code = decode(&rows, i, arena, &read[i], err);
        if (code != ZCD_OK)
            return code;
    }
    *list = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

/* $1 lender, $2 import: those of whose payers' delays it said anything. */
static const struct db_statement TOUCH_WITHDRAWN = {
    "import_touch_withdrawn", "INSERT INTO stage_touched"
                              " SELECT uscc FROM contract WHERE lender = $1 AND import_id = $2"
                              " UNION SELECT uscc FROM payer WHERE lender = $1 AND import_id = $2"
                              " UNION SELECT uscc FROM milestone WHERE lender = $1 AND import_id = $2"
                              " UNION SELECT uscc FROM payment WHERE lender = $1 AND import_id = $2"};

/* $1 lender, $2 import: what matched receipts that it brought again, and what persons said of them, as far as it stands. */
static const struct db_statement SETTLEMENTS = {
    "import_settlements",
    "SELECT id FROM (SELECT id FROM import WHERE lender = $1 AND matches = $2"
    " UNION SELECT s.import_id FROM receipt w JOIN receipt s USING (uscc, lender, account, receipt_id)"
    " JOIN import i ON i.lender = s.lender AND i.id = s.import_id AND i.kind = 'correction'"
    " WHERE w.lender = $1 AND w.import_id IN (SELECT $2 UNION ALL SELECT id FROM import WHERE lender = $1 AND matches = $2)"
    " AND w.contract_id = '' AND s.import_id > w.import_id) t"
    " WHERE NOT EXISTS (SELECT FROM import x WHERE x.lender = $1 AND x.withdraws = t.id) ORDER BY 1"};

/* One row that takes one import back. */
static enum zcd_code take_back(struct db *db, const char *lender, int64_t id, const char *actor, int64_t at_us, bool *is_busy,
                               struct fact_import *begun, struct zcd_error *err)
{
    enum zcd_code code = begin(db, lender, at_us, false, is_busy, begun, err);

    if (code == ZCD_OK)
        code = insert(db, begun, &(struct import_row){.kind = "withdrawal", .actor = actor, .withdraws = id}, err);
    return code == ZCD_OK ? db_queue(db, &TOUCH_WITHDRAWN, DB_VALUES(db_text(lender), db_int8(id)), NULL, err) : code;
}

/* The receipts are gone, and so is what was said of them. */
static enum zcd_code take_settlements_back(struct db *db, const char *lender, int64_t id, const char *actor, int64_t at_us,
                                           bool *is_busy, struct fact_import *last, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &SETTLEMENTS, DB_VALUES(db_text(lender), db_int8(id)), &rows, err);

    for (int i = 0; code == ZCD_OK && i < rows.count; i++) {
        int64_t settlement;
        code = db_rows_int8(&rows, i, "id", &settlement, err);
        if (code == ZCD_OK)
            code = take_back(db, lender, settlement, actor, at_us, is_busy, last, err);
    }
    return code;
}

enum zcd_code import_store_withdraw(struct db *db, const char *lender, int64_t id, const char *actor, int64_t at_us,
                                    bool *is_busy, struct fact_import *withdrawal, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_import begun, last;
    struct import_row found;

    if (is_busy != NULL)
        *is_busy = false;
    if (import_store_take_turn(db, lender, is_busy, err) != ZCD_OK
        || import_store_find(db, lender, id, &arena, &found, err) != ZCD_OK)
        return err->code;
    if (found.withdraws != 0)
        return zcd_fail(err, ZCD_CONFLICT, "a withdrawal cannot be taken back: import the file again");
    if (found.withdrawn_by != 0)
        return zcd_fail(err, ZCD_CONFLICT, "the import was taken back already");
    enum zcd_code code = take_back(db, lender, id, actor, at_us, is_busy, &begun, err);
    last = begun;
    if (code == ZCD_OK)
        code = take_settlements_back(db, lender, id, actor, at_us, is_busy, &last, err);
    if (code == ZCD_OK)
        code = payer_delay_store_update(db, &last, err);
    if (code == ZCD_OK)
        *withdrawal = begun;
    return code;
}
