/* facts_support.h - what the tests of the facts' tables share: a migrated database, dossiers in and out of it. */
#ifndef TESTS_CONTRACTS_FACTS_SUPPORT_H
#define TESTS_CONTRACTS_FACTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/dossier_decode.h"
#include "api/codec/dossier_encode.h"
#include "base/cleanup.h"
#include "contracts/facts_store.h"
#include "contracts/import_store.h"
#include "db/migrate.h"
#include "db/transaction.h"
#include "tests/lib/dossier_order.h"
#include "tests/lib/test_database.h"

#include <string.h>

#define USCC "52440307EXAMP00156" /* of the examples zhicheng-... */
#define LENDER "bank"
#define OTHER_LENDER "other bank"
#define INSTANT_US INT64_C(1600000000000000) /* 2020-09-13 */
#define SECOND_US INT64_C(1000000)

static struct test_database database;
static bool has_database;

static inline void close_db(struct db **db)
{
    db_close(*db);
}

static inline struct db *connect_as(const char *role)
{
    struct db *db = NULL;
    struct zcd_error err;

    if (!has_database)
        skip();
    if (db_connect(&(struct db_options){.conninfo = database.conninfo, .role = role, .statement_timeout_ms = 60000}, &db,
                   &err)
        != ZCD_OK)
        fail_msg("%s", err.message);
    return db;
}

/* Every test starts from an empty, migrated database. */
static inline int set_up(void **state)
{
    struct zcd_error err;
    size_t applied;

    (void)state;
    has_database = test_database_create(&database, "facts");
    if (!has_database)
        return 0;
    ZCD_AUTO(close_db)
    struct db *db = connect_as(NULL);
    return db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, &err) == ZCD_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    if (has_database)
        test_database_drop(&database);
    return 0;
}

static inline struct date day(const char *text)
{
    struct date date;
    struct zcd_error err;

    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

/* One import: what it writes, and what came of it. */
struct import_run {
    const char *lender;
    int64_t at_us;
    bool fills;
    const char *kind;
    enum zcd_code (*write)(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err);
    const void *what;
    struct fact_import import; /* out */
};

static inline enum zcd_code run_import_body(struct db *db, void *context, struct zcd_error *err)
{
    struct import_run *run = context;

    if (import_store_begin(db, run->lender, run->at_us, run->fills, &run->import, err) != ZCD_OK
        || run->write(db, &run->import, run->what, err) != ZCD_OK)
        return err->code;
    return import_store_end(db, &run->import, &(struct import_row){.kind = run->kind, .actor = "tester"}, err);
}

static inline struct fact_import run_import(struct db *db, struct import_run run)
{
    struct zcd_error err;

    if (db_transaction_run(db, DB_READ_COMMITTED, run_import_body, &run, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return run.import;
}

static inline enum zcd_code write_dossier(struct db *db, struct fact_import *import, const void *what,
                                          struct zcd_error *err)
{
    return facts_store_write_dossier(db, import, what, err);
}

static inline struct fact_import import_dossier(struct db *db, const char *lender, int64_t at_us,
                                                const struct dossier *dossier)
{
    return run_import(
        db, (struct import_run){.lender = lender, .at_us = at_us, .kind = "dossier", .write = write_dossier, .what = dossier});
}

static inline void read_file(const char *path, struct buffer *text)
{
    char chunk[4096];
    size_t size;
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0)
        buffer_append(text, chunk, size);
    (void)fclose(file);
}

/* One of data/examples, its lists in the order of their keys. */
static inline struct dossier *example(const char *name, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    const struct dossier *dossier;
    struct zcd_error err;
    char path[128];

    (void)snprintf(path, sizeof path, "data/examples/%s.json", name);
    read_file(path, &text);
    if (dossier_decode(buffer_bytes(&text), arena, &dossier, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    struct dossier *copy = ARENA_NEW(arena, struct dossier, 1);
    *copy = *dossier;
    dossier_order(copy);
    return copy;
}

static inline void encode(const struct dossier *dossier, struct buffer *text)
{
    struct zcd_error err;

    if (dossier_encode(dossier, text, &err) != ZCD_OK)
        fail_msg("%s %s", err.pointer, err.message);
}

static inline void assert_equal_dossiers(const struct dossier *expected, const struct dossier *found)
{
    ZCD_AUTO(buffer_done)
    struct buffer a = {0}, b = {0};

    encode(expected, &a);
    encode(found, &b);
    size_t same = 0;
    while (same < a.size && same < b.size && a.data[same] == b.data[same])
        same++;
    size_t from = same < 120 ? 0 : same - 120;
    if (a.size != b.size || same != a.size)
        fail_msg("expected %.240s\nfound %.240s", (const char *)a.data + from, (const char *)b.data + from);
    buffer_done(&b);
}

static inline struct dossier *load(struct db *db, const char *lender, const char *uscc, struct date as_of,
                                   int64_t known_at_us, const struct application *application, struct arena *arena)
{
    struct dossier *dossier = NULL;
    struct zcd_error err;
    enum zcd_code code = facts_store_load_dossier(db, &(struct facts_of){uscc, lender}, as_of, known_at_us, NULL, application,
                                                  arena, &dossier, &err);

    if (code == ZCD_NOT_FOUND)
        return NULL;
    if (code != ZCD_OK)
        fail_msg("%s", err.message);
    return dossier;
}

#endif
