/*
 * connection.h - one connection to PostgreSQL, set up the way every part of the service needs it.
 *
 * Knows PostgreSQL and no domain. Every wait on the server is bounded: a server that stops answering costs the caller
 * at most answer_timeout_ms, then the connection is given up. Messages name the statement and the SQLSTATE, never SQL,
 * never data, never a password.
 * Thread: a connection belongs to one thread at a time.
 */
#ifndef DB_CONNECTION_H
#define DB_CONNECTION_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* The group role that the migrations create and grant: all the service may do is what this role may do. */
#define DB_APPLICATION_ROLE "zcd_app"

/* Times of 0 stand for the defaults. */
struct db_options {
    const char *conninfo; /* libpq connection string or URI; its own settings win over the time-outs of connecting */
    const char *role;     /* SET ROLE after connecting, so that an owner's login loses its rights; NULL to keep them */
    const char *application_name; /* as pg_stat_activity shows it; NULL for "zcd" */
    int32_t connect_timeout_ms;   /* default 5,000; rounded up to seconds, at least 2 (libpq) */
    int32_t statement_timeout_ms; /* default 10,000; the server ends a statement that takes longer */
    int32_t answer_timeout_ms;    /* default statement_timeout_ms + 5,000; the longest wait for any answer */
};

/*
 * Connect, and make the session ours: UTF-8, synchronous_commit at least `on`, statement, lock and idle-in-transaction
 * time-outs, TCP keepalives, the role.
 *
 *   db   out  handed over; release with db_close
 *
 * ZCD_INVALID when the connection string cannot be parsed; ZCD_UNAVAILABLE when the server cannot be reached, refuses
 * the login or the role, or does not answer in time.
 */
enum zcd_code db_connect(const struct db_options *options, struct db **db, struct zcd_error *err) ZCD_MUST_USE;

void db_close(struct db *db); /* NULL is fine; an open transaction is rolled back by the server */

/* False once the connection was lost or given up. It never comes back: close it and connect anew. */
bool db_is_usable(const struct db *db);

/*
 * Connect again with the options of db_connect when the connection is no longer usable, or was closed by the server
 * while it was idle; otherwise do nothing.
 */
enum zcd_code db_ensure(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

/* What the last failure on this connection means for the one who asks: to repeat, to ask, or to give up. */
enum db_failure {
    DB_FAILURE_NONE = 0,      /* the last call succeeded */
    DB_FAILURE_STATEMENT,     /* the server refused the statement, or our arguments; repeating it will not help */
    DB_FAILURE_RETRY,         /* 40001 or 40P01: the transaction is gone and may be run again as a whole */
    DB_FAILURE_RESOURCE,      /* the server is there but cannot now: time-out, disk full, shutting down, read-only */
    DB_FAILURE_CONNECTION,    /* the connection was lost before a commit was sent: nothing of the transaction is kept */
    DB_FAILURE_COMMIT_UNKNOWN /* the connection was lost after COMMIT was sent: it may be kept or not */
};
enum db_failure db_last_failure(const struct db *db);

/* The statement that failed with DB_FAILURE_STATEMENT; NULL after anything else. */
struct db_statement;
const struct db_statement *db_failed_statement(const struct db *db);

#endif
