#include "db/migrate.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "db/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_SIZE = 32 };

/* Any number will do, as long as it is ours for ever: the letters "zcdmigra". */
static const int64_t LOCK_NUMBER = INT64_C(0x7a63646d69677261);

static const struct db_statement LOCK = {"migrate_lock", "SELECT pg_advisory_lock($1)"};
static const struct db_statement UNLOCK = {"migrate_unlock", "SELECT pg_advisory_unlock($1)"};
static const struct db_statement DIGEST = {"migrate_digest", "SELECT sha256($1) AS digest"};
static const struct db_statement IS_THERE = {"migrate_is_there",
                                             "SELECT to_regclass('schema_migration') IS NOT NULL AS is_there"};
static const struct db_statement APPLIED = {"migrate_applied",
                                            "SELECT number, name, sha256 FROM schema_migration ORDER BY number"};
static const struct db_statement NOTE_APPLIED = {
    "migrate_note_applied", "INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)"};

static const char CREATE_TABLE[] =
    "BEGIN;"
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "    number     integer     NOT NULL PRIMARY KEY CHECK (number > 0),"
    "    name       text        NOT NULL UNIQUE,"
    "    sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32),"
    "    applied_at timestamptz NOT NULL DEFAULT now());"
    "COMMENT ON TABLE schema_migration IS 'The migrations applied to this database';"
    "COMMENT ON COLUMN schema_migration.number IS 'The number that its file name begins with';"
    "COMMENT ON COLUMN schema_migration.name IS 'The file name without .sql';"
    "COMMENT ON COLUMN schema_migration.sha256 IS 'SHA-256 of the file: an applied migration never changes';"
    "COMMENT ON COLUMN schema_migration.applied_at IS 'When';"
    "COMMIT";

static enum zcd_code load_applied(struct db *db, struct db_rows *rows, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows answer = {0};
    bool is_there = false;
    enum zcd_code code = db_query(db, &IS_THERE, DB_NO_VALUES, &answer, err);

    if (code == ZCD_OK)
        code = db_rows_bool(&answer, 0, "is_there", &is_there, err);
    if (code != ZCD_OK || !is_there)
        return code; /* no table: no rows */
    return db_query(db, &APPLIED, DB_NO_VALUES, rows, err);
}

/* Computed by the server, so that this folder needs no cryptography of its own. */
static enum zcd_code digest_of(struct db *db, const struct migration_file *file, uint8_t digest[DIGEST_SIZE],
                               struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct bytes text = {(const uint8_t *)file->text, file->size};
    enum zcd_code code = db_query(db, &DIGEST, DB_VALUES(db_bytea(text)), &rows, err);

    return code == ZCD_OK ? db_rows_fixed(&rows, 0, "digest", digest, DIGEST_SIZE, err) : code;
}

static const struct migration_file *find_file(const struct migration_file *files, size_t count, int32_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i].number == number)
            return &files[i];
    }
    return NULL;
}

/* One applied row against our files. */
static enum zcd_code check_applied_row(struct db *db, const struct db_rows *rows, int row,
                                       const struct migration_file *files, size_t count, struct zcd_error *err)
{
    int32_t number;
    uint8_t applied[DIGEST_SIZE], ours[DIGEST_SIZE];

    if (db_rows_int4(rows, row, "number", &number, err) != ZCD_OK
        || db_rows_fixed(rows, row, "sha256", applied, sizeof applied, err) != ZCD_OK)
        return err->code;
    const struct migration_file *file = find_file(files, count, number);
    if (file == NULL)
        return zcd_fail(err, ZCD_CONFLICT,
                        "database: migration %d is applied and unknown to this program, which is older", (int)number);
    enum zcd_code code = digest_of(db, file, ours, err);
    if (code != ZCD_OK)
        return code;
    if (memcmp(applied, ours, sizeof ours) != 0)
        return zcd_fail(err, ZCD_CONFLICT, "database: migration %s was applied with another text", file->name);
    return ZCD_OK;
}

/*
 * All applied rows against our files.
 *   next  out  index of the first file to apply: applied ones are all before it
 */
static enum zcd_code check_applied(struct db *db, const struct migration_file *files, size_t count, size_t *next,
                                   struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = load_applied(db, &rows, err);

    for (int row = 0; code == ZCD_OK && row < rows.count; row++)
        code = check_applied_row(db, &rows, row, files, count, err);
    if (code != ZCD_OK)
        return code;
    for (int row = 0; row < rows.count; row++) {
        int32_t number;
        if (db_rows_int4(&rows, row, "number", &number, err) != ZCD_OK)
            return err->code;
        if (number != files[row].number)
            return zcd_fail(err, ZCD_CONFLICT, "database: migration %s is missing below applied ones", files[row].name);
    }
    *next = (size_t)rows.count;
    return ZCD_OK;
}

static enum zcd_code run_file(struct db *db, const struct migration_file *file, struct zcd_error *err)
{
    uint8_t digest[DIGEST_SIZE];
    enum zcd_code code = digest_of(db, file, digest, err);

    if (code == ZCD_OK)
        code = db_execute_script(db, file->text, err);
    if (code == ZCD_OK)
        code = db_execute(
            db, &NOTE_APPLIED,
            DB_VALUES(db_int4(file->number), db_text(file->name), db_bytea((struct bytes){digest, sizeof digest})),
            err);
    return code;
}

/* Not db_transaction_run: a script leaves the pipeline that its BEGIN would wait in, and must not be run twice. */
static enum zcd_code apply(struct db *db, const struct migration_file *file, struct zcd_error *err)
{
    enum zcd_code code = db_execute_script(db, "BEGIN", err);

    if (code != ZCD_OK)
        return code;
    code = run_file(db, file, err);
    if (code == ZCD_OK)
        code = db_execute_script(db, "COMMIT", err);
    if (code != ZCD_OK) {
        struct zcd_error unwanted;
        char reason[sizeof err->message];

        (void)snprintf(reason, sizeof reason, "%s", err->message);
        if (db_is_usable(db) && db_execute_script(db, "ROLLBACK", &unwanted) != ZCD_OK)
            return code;
        return zcd_fail(err, code, "migration %s: %.200s", file->name, reason);
    }
    return ZCD_OK;
}

static enum zcd_code migrate_locked(struct db *db, const struct migration_file *files, size_t count, size_t *applied,
                                    struct zcd_error *err)
{
    size_t next = 0, done = 0;
    enum zcd_code code = check_applied(db, files, count, &next, err);

    if (code == ZCD_OK)
        code = db_execute_script(db, CREATE_TABLE, err);
    for (size_t i = next; code == ZCD_OK && i < count; i++) {
        code = apply(db, &files[i], err);
        done += code == ZCD_OK;
    }
    if (code == ZCD_OK)
        *applied = done;
    return code;
}

enum zcd_code db_migrate(struct db *db, const struct migration_file *files, size_t file_count, size_t *applied,
                         struct zcd_error *err)
{
    struct zcd_error unwanted;
    ZCD_AUTO(db_rows_done)
    struct db_rows locked = {0};
    ZCD_AUTO(db_rows_done)
    struct db_rows unlocked = {0};

    enum zcd_code code = db_query(db, &LOCK, DB_VALUES(db_int8(LOCK_NUMBER)), &locked, err);
    if (code != ZCD_OK)
        return code;
    code = migrate_locked(db, files, file_count, applied, err);
    if (db_is_usable(db) && db_query(db, &UNLOCK, DB_VALUES(db_int8(LOCK_NUMBER)), &unlocked, &unwanted) != ZCD_OK)
        return code; /* the lock goes with the connection */
    return code;
}

enum zcd_code db_migrate_check(struct db *db, const struct migration_file *files, size_t file_count,
                               struct zcd_error *err)
{
    size_t next = 0;
    enum zcd_code code = check_applied(db, files, file_count, &next, err);

    if (code != ZCD_OK)
        return code;
    if (next < file_count)
        return zcd_fail(err, ZCD_CONFLICT, "database: migration %s is not applied; run: zcd migrate", files[next].name);
    return ZCD_OK;
}
