/*
 * facts.c - how fast the tables of facts are written and read, on a fresh database beside ZCD_TEST_DATABASE_URL.
 *
 *   facts sink RELEASES     facts of so many invented releases (an organisation, a payer, a contract, three milestones, two
 *                           payments each) through the sink, then the same again; beside COPY of the rows alone
 *   facts dossier FILE      write the dossier, of 40 contracts, and read it back 1,000 times with the book's experience of
 *                           its payers, among 1,000 other organisations
 *
 * Prints one line of JSON.
 */
#include "contracts/facts_store.h"

#include "api/codec/dossier_decode.h"
#include "api/file.h"
#include "base/cleanup.h"
#include "contracts/fact_sink_store.h"
#include "contracts/import_store.h"
#include "db/migrate.h"
#include "db/transaction.h"
#include "tests/lib/test_database.h"

#include <sys/resource.h>
#include <time.h>

#define LENDER "bench"
enum { READS = 1000, OTHERS = 1000 };

static int64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void stop(const struct zcd_error *err)
{
    (void)fprintf(stderr, "facts: %s %s\n", err->pointer, err->message);
    exit(1);
}

/* ---------------------------------------------------------------- releases */

static struct date day_of(int32_t days)
{
    return (struct date){18262 + days}; /* 2020-01-01 and on */
}

static struct fact fact_of(enum fact_kind kind, const char *organisation, int64_t release)
{
    return (struct fact){.kind = kind, .organisation = organisation, .line = (uint64_t)release + 1, .place = ""};
}

static enum zcd_code take_contract(struct fact_sink *sink, const char *organisation, const char *id, int64_t release,
                                   struct zcd_error *err)
{
    struct fact contract = fact_of(FACT_CONTRACT, organisation, release);

    contract.contract = (struct fact_contract){.id = id,
                                               .number = id,
                                               .title = "社会工作服务项目",
                                               .payer = "p",
                                               .fund_source = FUND_SOURCE_DEPARTMENT_BUDGET,
                                               .stage = CONTRACT_STAGE_PERFORMING,
                                               .value = {60000000, "CNY"},
                                               .awarded_on = day_of(0),
                                               .signed_on = day_of(10),
                                               .published_on = day_of(12),
                                               .starts_on = day_of(20),
                                               .ends_on = day_of(380),
                                               .payment_term_days = 30,
                                               .trigger = PAYMENT_TRIGGER_ACCEPTANCE,
                                               .renewals = 0,
                                               .holds_from = DATE_NONE};
    return fact_sink_take(sink, &contract, err);
}

static enum zcd_code take_milestone(struct fact_sink *sink, const char *organisation, const char *id, int32_t number,
                                    int64_t release, struct zcd_error *err)
{
    struct fact milestone = fact_of(FACT_MILESTONE, organisation, release);
    struct fact payment = fact_of(FACT_PAYMENT, organisation, release);
    const char *milestone_id = (const char *[]){"m1", "m2", "m3"}[number];
    struct date due_on = day_of(60 + 90 * number);
    bool is_accepted = number < 2;

    milestone.milestone = (struct fact_milestone){.contract = id,
                                                  .id = milestone_id,
                                                  .title = "阶段",
                                                  .due_on = due_on,
                                                  .accepted_on = is_accepted ? date_add_days(due_on, 5) : DATE_NONE,
                                                  .invoiced_on = DATE_NONE,
                                                  .amount = {20000000, "CNY"},
                                                  .deducted = {FACT_MONEY_NONE, ""}};
    enum zcd_code code = fact_sink_take(sink, &milestone, err);
    if (code != ZCD_OK || !is_accepted)
        return code;
    payment.payment = (struct fact_payment){.contract = id,
                                            .milestone = milestone_id,
                                            .id = "t1",
                                            .paid_on = date_add_days(due_on, 40 + (int32_t)(release % 60)),
                                            .amount = {20000000, "CNY"},
                                            .payer_name = ""};
    return fact_sink_take(sink, &payment, err);
}

static enum zcd_code take_release(struct fact_sink *sink, int64_t release, struct zcd_error *err)
{
    char organisation[64], contract[64], name[64];
    struct fact fact;

    (void)snprintf(organisation, sizeof organisation, "GB-COH:%08lld", (long long)(release / 2));
    (void)snprintf(contract, sizeof contract, "ocds-213czf-000-%08lld-01", (long long)release);
    (void)snprintf(name, sizeof name, "第%lld社会工作服务中心", (long long)(release / 2));
    fact = fact_of(FACT_ORGANISATION, organisation, release);
    fact.organisation_fact = (struct fact_organisation){.name = name, .region = "440300"};
    if (fact_sink_take(sink, &fact, err) != ZCD_OK)
        return err->code;
    (void)snprintf(name, sizeof name, "第%lld民政局", (long long)(release % 300));
    fact = fact_of(FACT_PAYER, organisation, release);
    fact.payer = (struct fact_payer){.id = "p", .uscc = "", .name = name, .level = PAYER_LEVEL_DISTRICT, .region = "440300"};
    if (fact_sink_take(sink, &fact, err) != ZCD_OK || take_contract(sink, organisation, contract, release, err) != ZCD_OK)
        return err->code;
    for (int32_t i = 0; i < 3; i++) {
        enum zcd_code code = take_milestone(sink, organisation, contract, i, release, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

struct releases {
    int64_t count;
    int64_t added;
};

static enum zcd_code sink_releases(struct db *db, void *context, struct zcd_error *err)
{
    struct releases *releases = context;
    struct fact_import import;
    struct fact_sink_counts counts;

    if (import_store_begin(db, LENDER, INT64_C(1600000000000000), true, &import, err) != ZCD_OK)
        return err->code;
    struct fact_sink *sink = fact_sink_new(db, &import);
    enum zcd_code code = ZCD_OK;
    for (int64_t i = 0; i < releases->count && code == ZCD_OK; i++)
        code = take_release(sink, i, err);
    if (code == ZCD_OK)
        code = fact_sink_finish(sink, &counts, err);
    fact_sink_free(sink);
    releases->added = import.added;
    if (code != ZCD_OK)
        return code;
    return import_store_end(db, &import, &(struct import_row){.kind = "ocds", .actor = "bench"}, err);
}

static double timed_sink(struct db *db, struct releases *releases)
{
    struct zcd_error err;
    int64_t start_us = now_us();

    if (db_transaction_run(db, DB_READ_COMMITTED, sink_releases, releases, &err) != ZCD_OK)
        stop(&err);
    return (double)(now_us() - start_us) / 1e6;
}

/* COPY of the same rows into tables with the same keys, and nothing else: what no sink can be faster than. */
static double timed_copy(const struct test_database *database)
{
    static const char *const TABLES[] = {"organisation", "payer", "contract", "milestone", "payment"};
    char sql[512];
    double seconds = 0;

    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        (void)snprintf(sql, sizeof sql,
                       "CREATE TABLE bare (LIKE %s INCLUDING ALL); COPY %s TO '/tmp/zcd_bench_%s_%ld' (FORMAT binary)",
                       TABLES[i], TABLES[i], TABLES[i], (long)getpid());
        test_database_run(database->conninfo, sql);
        (void)snprintf(sql, sizeof sql, "COPY bare FROM '/tmp/zcd_bench_%s_%ld' (FORMAT binary)", TABLES[i], (long)getpid());
        int64_t start_us = now_us();
        test_database_run(database->conninfo, sql);
        seconds += (double)(now_us() - start_us) / 1e6;
        (void)snprintf(sql, sizeof sql, "/tmp/zcd_bench_%s_%ld", TABLES[i], (long)getpid());
        (void)remove(sql);
        test_database_run(database->conninfo, "DROP TABLE bare");
    }
    return seconds;
}

static void bench_sink(const struct test_database *database, struct db *db, int64_t count)
{
    struct releases first = {.count = count}, again = {.count = count};
    struct rusage usage;

    double first_s = timed_sink(db, &first);
    double again_s = timed_sink(db, &again);
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("{\"releases\": %lld, \"statements\": %lld, \"seconds\": %.2f, \"again_statements\": %lld, \"again_seconds\": %.2f, "
                 "\"copy_seconds\": %.2f, \"memory_mib\": %ld}\n",
                 (long long)count, (long long)first.added, first_s, (long long)again.added, again_s,
                 timed_copy(database), usage.ru_maxrss / 1024);
}

/* ----------------------------------------------------------------- dossier */

static enum zcd_code write_dossier(struct db *db, void *context, struct zcd_error *err)
{
    struct fact_import import;

    if (import_store_begin(db, LENDER, INT64_C(1600000000000000), false, &import, err) != ZCD_OK
        || facts_store_write_dossier(db, &import, context, err) != ZCD_OK)
        return err->code;
    return import_store_end(db, &import, &(struct import_row){.kind = "dossier", .actor = "bench"}, err);
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Contracts beyond the example's own, so that there are 40: copies under other ids. */
static struct dossier *with_contracts(const struct dossier *dossier, size_t count, struct arena *arena)
{
    struct dossier *grown = ARENA_NEW(arena, struct dossier, 1);

    *grown = *dossier;
    grown->contracts = ARENA_NEW(arena, struct contract, count);
    grown->contract_count = count;
    for (size_t i = 0; i < count; i++) {
        char id[32];
        grown->contracts[i] = dossier->contracts[i % dossier->contract_count];
        (void)snprintf(id, sizeof id, "b%zu", i);
        if (i >= dossier->contract_count)
            grown->contracts[i].id = arena_copy_text(arena, id);
    }
    return grown;
}

static void fill_prior(const void *context, enum payer_level level, enum fund_source fund_source,
                       int64_t sums_ppm[PAYER_DELAY_WEEKS + 1])
{
    (void)context;
    for (int week = 0; week <= PAYER_DELAY_WEEKS; week++)
        sums_ppm[week] = (1000 * (int)level + (int)fund_source) * week;
}

static void bench_dossier(struct db *db, const char *path)
{
    static const struct payer_prior PRIOR = {fill_prior, NULL};

    static int64_t times_us[READS];
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct dossier *dossier;
    struct dossier *loaded = NULL;
    struct zcd_error err;
    struct releases others = {.count = 2 * OTHERS};

    if (file_read(path, 8 << 20, &text, &err) != ZCD_OK || dossier_decode(buffer_bytes(&text), &arena, &dossier, &err) != ZCD_OK
        || db_transaction_run(db, DB_READ_COMMITTED, write_dossier, with_contracts(dossier, 40, &arena), &err) != ZCD_OK)
        stop(&err);
    (void)timed_sink(db, &others);
    for (int i = 0; i < READS; i++) {
        struct arena own = {0};
        int64_t start_us = now_us();
        if (facts_store_load_dossier(db, &(struct facts_of){dossier->organisation.uscc.text, LENDER}, dossier->as_of,
                                     FACTS_KNOWN_NOW, &PRIOR, NULL, &own, &loaded, &err)
            != ZCD_OK)
            stop(&err);
        times_us[i] = now_us() - start_us;
        if (loaded->contract_count != 40)
            exit(1);
        arena_done(&own);
    }
    qsort(times_us, READS, sizeof *times_us, compare_times);
    (void)printf("{\"contracts\": 40, \"reads\": %d, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n", READS,
                 (double)times_us[READS / 2] / 1e3, (double)times_us[READS * 99 / 100] / 1e3);
}

int main(int count, char **arguments)
{
    struct test_database database;
    struct db *db = NULL;
    struct zcd_error err;
    size_t applied;

    if (count != 3 || !test_database_create(&database, "bench")) {
        (void)fprintf(stderr, "usage: ZCD_TEST_DATABASE_URL=... facts sink RELEASES | dossier FILE\n");
        return 64;
    }
    if (db_connect(&(struct db_options){.conninfo = database.conninfo, .statement_timeout_ms = 600000}, &db, &err) != ZCD_OK
        || db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, &err) != ZCD_OK)
        stop(&err);
    if (strcmp(arguments[1], "sink") == 0)
        bench_sink(&database, db, strtol(arguments[2], NULL, 10));
    else
        bench_dossier(db, arguments[2]);
    db_close(db);
    test_database_drop(&database);
    return 0;
}
