#include "api/identity/session_store.h"

#include "base/cleanup.h"
#include "db/query.h"
#include "db/transaction.h"

static struct db_value digest_value(const struct sha256 *sha256)
{
    return db_bytea((struct bytes){sha256->bytes, SHA256_SIZE});
}

/* Run a statement that returns one row when it has done something. */
static enum zcd_code change(struct db *db, const struct db_statement *statement, const struct db_value *values,
                            size_t count, const char *missing, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, statement, values, count, &rows, err);

    return code == ZCD_OK && rows.count == 0 ? zcd_fail(err, ZCD_NOT_FOUND, "%s", missing) : code;
}

static const struct db_statement SET_PASSWORD = {
    "password_set", "WITH ended AS (UPDATE user_session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL)"
                    " INSERT INTO user_password (user_id, hash)"
                    " SELECT id, $2 FROM service_user WHERE id = $1 AND disabled_at IS NULL"
                    " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = now() RETURNING user_id"};

enum zcd_code session_store_set_password(struct db *db, const char *user, const char *hash, struct zcd_error *err)
{
    return change(db, &SET_PASSWORD, DB_VALUES(db_text(user), db_text(hash)), "there is no such user, or it is disabled",
                  err);
}

static const struct db_statement FIND_PASSWORD = {
    "password_find", "SELECT p.hash FROM user_password p JOIN service_user u ON u.id = p.user_id"
                     " WHERE u.id = $1 AND u.disabled_at IS NULL"};

enum zcd_code session_store_find_password(struct db *db, const char *user, struct arena *arena, const char **hash,
                                          struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    const char *read;
    enum zcd_code code = db_query(db, &FIND_PASSWORD, DB_VALUES(db_text(user)), &rows, err);

    if (code == ZCD_OK && rows.count == 1)
        code = db_rows_text(&rows, 0, "hash", &read, err);
    if (code == ZCD_OK)
        *hash = rows.count == 0 ? NULL : arena_copy_text(arena, read);
    return code;
}

/* The lock makes tries of one name wait for each other: each counts all before it. */
static const struct db_statement LOCK = {"login_lock", "SELECT pg_advisory_xact_lock($1)"};
static const struct db_statement FORGET = {"login_forget",
                                           "DELETE FROM login_failure WHERE at < now() - make_interval(mins => $1)"};
static const struct db_statement TRY = {
    "login_try", "INSERT INTO login_failure (name_sha256)"
                 " SELECT $1 WHERE (SELECT count(*) FROM login_failure WHERE name_sha256 = $1) < $2 RETURNING at"};

struct attempt {
    const struct sha256 *name;
    bool may_try;
};

static enum zcd_code try(struct db *db, void *context, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct attempt *attempt = context;
    int64_t key = 0;

    for (size_t i = 0; i < 7; i++)
        key = key << 8 | attempt->name->bytes[i];
    enum zcd_code code = db_queue(db, &LOCK, DB_VALUES(db_int8(key)), NULL, err);
    if (code == ZCD_OK)
        code = db_queue(db, &FORGET, DB_VALUES(db_int4(SESSION_FAILURE_MINUTES)), NULL, err);
    if (code == ZCD_OK)
        code = db_query(db, &TRY, DB_VALUES(digest_value(attempt->name), db_int8(SESSION_FAILURES_MAX)), &rows, err);
    attempt->may_try = rows.count == 1;
    return code;
}

enum zcd_code session_store_try(struct db *db, const struct sha256 *name, bool *may_try, struct zcd_error *err)
{
    struct attempt attempt = {.name = name};
    enum zcd_code code = db_transaction_run(db, DB_READ_COMMITTED, try, &attempt, err);

    if (code == ZCD_OK)
        *may_try = attempt.may_try;
    return code;
}

static const struct db_statement FORGIVE = {"login_forgive", "DELETE FROM login_failure WHERE name_sha256 = $1"};

enum zcd_code session_store_forgive(struct db *db, const struct sha256 *name, struct zcd_error *err)
{
    return db_execute(db, &FORGIVE, DB_VALUES(digest_value(name)), err);
}

static const struct db_statement INSERT = {"session_insert",
                                           "INSERT INTO user_session (sha256, user_id, expires_at)"
                                           " SELECT $1, id, $3 FROM service_user WHERE id = $2 AND disabled_at IS NULL"
                                           " RETURNING user_id"};

enum zcd_code session_store_insert(struct db *db, const char *user, const struct sha256 *sha256, int64_t expires_at_us,
                                   struct zcd_error *err)
{
    return change(db, &INSERT, DB_VALUES(digest_value(sha256), db_text(user), db_timestamptz(expires_at_us)),
                  "there is no such user, or it is disabled", err);
}

static const struct db_statement END = {"session_end",
                                        "UPDATE user_session SET ended_at = now() WHERE sha256 = $1 AND ended_at IS NULL"};

enum zcd_code session_store_end(struct db *db, const struct sha256 *sha256, struct zcd_error *err)
{
    return db_execute(db, &END, DB_VALUES(digest_value(sha256)), err);
}

static const struct db_statement BIND = {"subject_bind", "INSERT INTO user_subject (kind, subject, user_id)"
                                                         " SELECT $1, $2, id FROM service_user WHERE id = $3 RETURNING user_id"};

enum zcd_code session_store_bind(struct db *db, enum credential_kind kind, const char *subject, const char *user,
                                 struct zcd_error *err)
{
    enum zcd_code code =
        change(db, &BIND, DB_VALUES(db_text(credential_subject_kind_name(kind)), db_text(subject), db_text(user)),
               "there is no such user", err);

    if (code == ZCD_CONFLICT)
        return zcd_fail(err, code, "this subject is bound to a user already");
    if (code == ZCD_INVALID)
        return zcd_fail(err, code, "a subject has 1 to 1024 bytes");
    return code;
}

static const struct db_statement UNBIND = {
    "subject_unbind", "DELETE FROM user_subject WHERE kind = $1 AND subject = $2 AND user_id = $3 RETURNING user_id"};

enum zcd_code session_store_unbind(struct db *db, enum credential_kind kind, const char *subject, const char *user,
                                   struct zcd_error *err)
{
    return change(db, &UNBIND, DB_VALUES(db_text(credential_subject_kind_name(kind)), db_text(subject), db_text(user)),
                  "this subject is not bound to that user", err);
}
