/*
 * test_database.h - a fresh database for one test program, on the server that ZCD_TEST_DATABASE_URL names.
 *
 * Each program makes a database of its own beside the given one and drops it at its end, so that programs can run at
 * the same time. Without the variable, tests skip(). The login must be a superuser.
 */
#ifndef TESTS_LIB_TEST_DATABASE_H
#define TESTS_LIB_TEST_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_database {
    char name[64];
    char conninfo[1024]; /* of the fresh database, as superuser and owner */
};

static inline const char *test_database_server(void)
{
    const char *url = getenv("ZCD_TEST_DATABASE_URL");
    return url == NULL || *url == '\0' ? NULL : url;
}

/* Run statements and end the program when one fails: nothing can be tested then. */
static inline void test_database_run(const char *conninfo, const char *sql)
{
    PGconn *pq = PQconnectdb(conninfo);
    PGresult *result = PQexec(pq, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        (void)fprintf(stderr, "test database: %s%s: %s\n", PQerrorMessage(pq), PQresultErrorMessage(result), sql);
        abort();
    }
    PQclear(result);
    PQfinish(pq);
}

/* The first column of the first row; "" for NULL or no row. */
static inline const char *test_database_ask(const char *conninfo, const char *sql, char *answer, size_t size)
{
    PGconn *pq = PQconnectdb(conninfo);
    PGresult *result = PQexec(pq, sql);

    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        (void)fprintf(stderr, "test database: %s: %s\n", PQerrorMessage(pq), sql);
        abort();
    }
    (void)snprintf(answer, size, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pq);
    return answer;
}

static inline long test_database_count(const char *conninfo, const char *sql)
{
    char answer[32];
    return strtol(test_database_ask(conninfo, sql, answer, sizeof answer), NULL, 10);
}

/* The server's connection string with another database; other settings may be appended behind it. */
static inline void test_database_conninfo(const char *name, char *conninfo, size_t size)
{
    PQconninfoOption *options = PQconninfoParse(test_database_server(), NULL);
    size_t used = 0;

    for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (option->val != NULL && *option->val != '\0' && strcmp(option->keyword, "dbname") != 0)
            used += (size_t)snprintf(conninfo + used, size - used, "%s='%s' ", option->keyword, option->val);
    }
    (void)snprintf(conninfo + used, size - used, "dbname=%s", name);
    PQconninfoFree(options);
}

/* False when there is no server to test on. */
static inline bool test_database_create(struct test_database *database, const char *suffix)
{
    char sql[128];

    if (test_database_server() == NULL)
        return false;
    (void)snprintf(database->name, sizeof database->name, "zcd_test_%s_%ld", suffix, (long)getpid());
    test_database_conninfo(database->name, database->conninfo, sizeof database->conninfo);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s", database->name);
    test_database_run(test_database_server(), sql);
    return true;
}

static inline void test_database_drop(const struct test_database *database)
{
    char sql[128];

    (void)snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database->name);
    test_database_run(test_database_server(), sql);
}

#endif
