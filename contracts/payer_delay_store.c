#include "contracts/payer_delay_store.h"

#include "base/cleanup.h"
#include "base/money.h"
#include "contracts/import_store.h"
#include "db/transaction.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A day after all others; every statement counts. 2199-12-31 */
#define EVERY_DAY ((struct date){84005})

static const struct db_statement LOCK = {"payer_delay_lock", "SELECT pg_advisory_xact_lock(hashtextextended('payer_delay', 1)) IS NULL"};

static const struct db_statement TRY_LOCK = {"payer_delay_try_lock",
                                             "SELECT pg_try_advisory_xact_lock(hashtextextended('payer_delay', 1)) AS is_taken"};

/*
 * The planner knows nothing about what a statement has made in its first half, nor about what an import has just written; takes it for few
 * rows, and loops over them or sorts them, which costs many times what it thinks. So, for these statements, without loops; along the
 * primary keys instead of sorting; and joined as they stand there.
 */
static const struct db_statement WITHOUT_LOOPS = {"payer_delay_without_loops",
                                                  "SELECT set_config('enable_nestloop', 'off', true),"
                                                  "       set_config('enable_bitmapscan', 'off', true),"
                                                  "       set_config('enable_sort', 'off', true),"
                                                  "       set_config('join_collapse_limit', '1', true),"
                                                  "       set_config('work_mem', '128MB', true), set_config('jit', 'off', true)"};
static const struct db_statement WITH_LOOPS = {"payer_delay_with_loops", "SELECT set_config('enable_nestloop', 'on', true),"
                                               "       set_config('enable_bitmapscan', 'on', true),"
                                               "       set_config('enable_sort', 'on', true),"
                                               "       set_config('join_collapse_limit', '8', true)"};

/* ------------------------------------------- from the facts to shares by week */

/*
 * $1 as of, $2 known at. What held of each key, of the organisations in scope. All columns go down, as the last of them must, so that the
 * primary key read backwards is the order, and nothing is sorted.
 */
#define NOT_WITHDRAWN                                                                                                  \
    " AND import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE withdraws IS NOT NULL AND recorded_at <= $2))"
#define HELD(table, key, downwards, values, scope)                                                                     \
    "(SELECT DISTINCT ON (uscc, lender, " key ") ctid AS place, uscc, lender, " key ", removed, " values " FROM " table \
    " WHERE valid_from <= $1 AND recorded_at <= $2" scope NOT_WITHDRAWN                                                \
    " ORDER BY uscc DESC, lender DESC, " downwards ", valid_from DESC, import_id DESC)"
#define HAPPENED(table, key, downwards, values, scope)                                                                 \
    "(SELECT DISTINCT ON (uscc, lender, " key ") uscc, lender, " key ", removed, " values " FROM " table               \
    " WHERE recorded_at <= $2" scope NOT_WITHDRAWN " ORDER BY uscc DESC, lender DESC, " downwards ", import_id DESC)"

/*
 * milestone_payable_on of contracts/schedule.c, and the shares of scoring/delay.c, for all milestones in scope at once.
 * greatest() passes over NULL, as an invoice whose day is not known delays nothing. A milestone is known by the place of the row that
 * holds, which is quicker to compare than its key.
 */
#define CELLS(scope)                                                                                                   \
    " due AS (SELECT m.place, m.uscc, m.lender, m.contract_id, m.milestone_id, level, fund_source, payer_key,"          \
    "   m.amount_fen - coalesce(m.deducted_fen, 0) AS base_fen, payment_term_days + CASE payment_trigger"              \
    "     WHEN 'acceptance' THEN CASE WHEN m.accepted_on IS NOT NULL THEN greatest(m.accepted_on, m.invoiced_on) END"  \
    "     WHEN 'date' THEN greatest(m.due_on, m.invoiced_on) WHEN 'signing' THEN signed_on END AS payable_on"          \
    "   FROM " HELD("milestone", "contract_id, milestone_id", "contract_id DESC, milestone_id DESC",                   \
                    "currency, amount_fen, deducted_fen, due_on, accepted_on, invoiced_on", scope) " m"                \
    "   JOIN (SELECT c.uscc, c.lender, c.contract_id, p.level, c.fund_source, c.payment_term_days, c.payment_trigger," \
    "       c.signed_on, coalesce(p.payer_uscc, p.name || '@' || coalesce(p.region, '')) AS payer_key"                 \
    "     FROM " HELD("contract", "contract_id", "contract_id DESC",                                                   \
                      "payer_id, currency, fund_source, payment_term_days, payment_trigger, signed_on", scope) " c"    \
    "     JOIN " HELD("payer", "payer_id", "payer_id DESC", "payer_uscc, name, region, level", scope) " p"             \
    "     USING (uscc, lender, payer_id)"                                                                              \
    "     WHERE NOT c.removed AND NOT p.removed AND coalesce(c.currency, 'CNY') = 'CNY'"                               \
    "       AND p.level IS NOT NULL AND c.fund_source IS NOT NULL"                                                     \
    "       AND NOT EXISTS (SELECT FROM payment u WHERE milestone_id = ''" scope                                       \
    "         AND u.uscc = c.uscc AND u.lender = c.lender AND u.contract_id = c.contract_id)) cp"                      \
    "   USING (uscc, lender, contract_id)"                                                                             \
    "   WHERE NOT m.removed AND coalesce(m.currency, 'CNY') = 'CNY'),"                                                 \
    " paid AS (SELECT place, uscc, lender, payer_key, level, fund_source, payable_on, t.amount_fen, t.paid_on,"        \
    "   div(t.amount_fen::numeric * 1000000, base_fen)::bigint AS share_ppm" \
    "   FROM due JOIN " HAPPENED("payment", "contract_id, milestone_id, payment_id",                                            \
                             "contract_id DESC, milestone_id DESC, payment_id DESC",                                   \
                             "valid_from, recorded_at, currency, paid_on, amount_fen", scope) " t"                       \
    "   USING (uscc, lender, contract_id, milestone_id)"                                                               \
    "   WHERE NOT t.removed AND t.valid_from <= $1 AND coalesce(t.currency, 'CNY') = 'CNY'"                            \
    "     AND t.paid_on <= (t.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AND payable_on IS NOT NULL AND base_fen > 0)," \
    " unpaid AS (SELECT due.*, 1000000 - coalesce(told.share_ppm, 0) AS share_ppm"                                     \
    "   FROM due LEFT JOIN (SELECT place, sum(share_ppm) AS share_ppm, sum(amount_fen) AS amount_fen"                  \
    "     FROM paid GROUP BY place) told USING (place)"                                                                \
    "   WHERE payable_on IS NOT NULL AND base_fen > 0"                                                                 \
    "     AND base_fen > coalesce(told.amount_fen, 0) AND coalesce(told.share_ppm, 0) < 1000000),"                     \
    " cells AS (SELECT uscc, lender, payer_key, level, fund_source, weeks, payable_on, sum(share_ppm)::bigint AS share_ppm" \
    "   FROM (SELECT uscc, lender, payer_key, level, fund_source, least(159, greatest(0, paid_on - payable_on) / 7) AS weeks," \
    "           date '-infinity' AS payable_on, share_ppm FROM paid"                                                   \
    "         UNION ALL SELECT uscc, lender, payer_key, level, fund_source, -1, payable_on, share_ppm FROM unpaid) shares" \
    "   GROUP BY uscc, lender, payer_key, level, fund_source, weeks, payable_on HAVING sum(share_ppm) > 0)"

/* -------------------------------------------------------------------- keeping */

/* $3 lender */
#define TOUCHED " AND lender = $3 AND uscc = ANY (ARRAY(SELECT DISTINCT uscc FROM stage_touched))"

/* What the facts of the organisations that an import touched say now. */
static const struct db_statement STAGE = {
    "payer_delay_stage",
    "CREATE TEMPORARY TABLE IF NOT EXISTS stage_payer_delay (uscc text COLLATE \"C\", payer_key text COLLATE \"C\","
    " level text COLLATE \"C\", fund_source text COLLATE \"C\", weeks integer, payable_on date, share_ppm bigint) ON COMMIT DELETE ROWS"};
static const struct db_statement EMPTY = {"payer_delay_empty", "DELETE FROM stage_payer_delay"};
static const struct db_statement FILL = {
    "payer_delay_fill",
    "WITH" CELLS(TOUCHED) " INSERT INTO stage_payer_delay (uscc, payer_key, level, fund_source, weeks, payable_on, share_ppm)"
                          " SELECT uscc, payer_key, level, fund_source, weeks, payable_on, share_ppm FROM cells"};

/* $1 lender. The book is changed by what they say now without what they said before; of which nothing then stays. */
#define OF_TOUCHED " lender = $1 AND uscc = ANY (ARRAY(SELECT DISTINCT uscc FROM stage_touched))"

static const struct db_statement CHANGE_BOOK = {
    "payer_delay_change_book",
    "WITH changed AS (SELECT payer_key, level, fund_source, weeks, payable_on, sum(share_ppm)::bigint AS share_ppm"
    "   FROM (SELECT payer_key, level, fund_source, weeks, payable_on, share_ppm FROM stage_payer_delay"
    "         UNION ALL SELECT payer_key, level, fund_source, weeks, payable_on, -share_ppm"
    "         FROM organisation_payer_delay WHERE" OF_TOUCHED ") both_states"
    "   GROUP BY payer_key, level, fund_source, weeks, payable_on HAVING sum(share_ppm) <> 0)"
    " INSERT INTO payer_delay AS b (payer_key, level, fund_source, weeks, payable_on, share_ppm)"
    " SELECT key, level, fund_source, weeks, payable_on, sum(share_ppm)"
    " FROM changed CROSS JOIN LATERAL (VALUES (payer_key), ('')) AS keys (key)"
    " GROUP BY key, level, fund_source, weeks, payable_on HAVING sum(share_ppm) <> 0"
    " ON CONFLICT (payer_key, level, fund_source, weeks, payable_on) DO UPDATE SET share_ppm = b.share_ppm + excluded.share_ppm"};
static const struct db_statement FORGET_TOUCHED = {"payer_delay_forget_touched", "DELETE FROM organisation_payer_delay WHERE" OF_TOUCHED};
static const struct db_statement KEEP_TOUCHED = {
    "payer_delay_keep_touched",
    "INSERT INTO organisation_payer_delay (uscc, lender, payer_key, level, fund_source, weeks, payable_on, share_ppm)"
    " SELECT uscc, $1, payer_key, level, fund_source, weeks, payable_on, share_ppm FROM stage_payer_delay"
    " ORDER BY uscc, payer_key, level, fund_source, weeks, payable_on"};

/* What came to nothing goes, so that a book made anew has the same rows. */
static const struct db_statement CLEAN_BOOK = {"payer_delay_clean_book", "DELETE FROM payer_delay WHERE share_ppm = 0"};

static enum zcd_code take_turn(struct db *db, bool *is_busy, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    bool is_taken = false;

    if (is_busy == NULL)
        return db_queue(db, &LOCK, DB_NO_VALUES, NULL, err);
    if (db_query(db, &TRY_LOCK, DB_NO_VALUES, &rows, err) != ZCD_OK || db_rows_bool(&rows, 0, "is_taken", &is_taken, err) != ZCD_OK)
        return err->code;
    *is_busy = !is_taken;
    return is_taken ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "an import is being kept; try again when it has ended");
}

enum zcd_code payer_delay_store_update(struct db *db, const struct fact_import *import, struct zcd_error *err)
{
    if (take_turn(db, import->is_busy, err) != ZCD_OK
        || db_queue(db, &WITHOUT_LOOPS, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &STAGE, DB_NO_VALUES, NULL, err) != ZCD_OK || db_queue(db, &EMPTY, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &FILL,
                    DB_VALUES(db_date(EVERY_DAY), db_timestamptz(import->recorded_at_us), db_text(import->lender)), NULL,
                    err)
               != ZCD_OK
        || db_queue(db, &CHANGE_BOOK, DB_VALUES(db_text(import->lender)), NULL, err) != ZCD_OK
        || db_queue(db, &FORGET_TOUCHED, DB_VALUES(db_text(import->lender)), NULL, err) != ZCD_OK
        || db_queue(db, &KEEP_TOUCHED, DB_VALUES(db_text(import->lender)), NULL, err) != ZCD_OK
        || db_queue(db, &WITH_LOOPS, DB_NO_VALUES, NULL, err) != ZCD_OK)
        return err->code;
    return db_queue(db, &CLEAN_BOOK, DB_NO_VALUES, NULL, err);
}

static const struct db_statement FORGET_OWN = {"payer_delay_forget_own", "DELETE FROM organisation_payer_delay"};
static const struct db_statement FORGET_BOOK = {"payer_delay_forget_book", "DELETE FROM payer_delay"};

static const struct db_statement REBUILD_OWN = {
    "payer_delay_rebuild_own",
    "WITH" CELLS("") " INSERT INTO organisation_payer_delay"
                     " (uscc, lender, payer_key, level, fund_source, weeks, payable_on, share_ppm)"
                     " SELECT uscc, lender, payer_key, level, fund_source, weeks, payable_on, share_ppm FROM cells"};

static const struct db_statement REBUILD_BOOK = {
    "payer_delay_rebuild_book",
    "INSERT INTO payer_delay (payer_key, level, fund_source, weeks, payable_on, share_ppm)"
    " SELECT key, level, fund_source, weeks, payable_on, sum(share_ppm) FROM organisation_payer_delay"
    " CROSS JOIN LATERAL (VALUES (payer_key), ('')) AS keys (key) GROUP BY key, level, fund_source, weeks, payable_on"};

static enum zcd_code rebuild(struct db *db, void *context, struct zcd_error *err)
{
    static const int64_t EVER_US = INT64_C(253402214400000000); /* FACTS_KNOWN_NOW */

    (void)context;
    if (db_execute(db, &LOCK, DB_NO_VALUES, err) != ZCD_OK
        || db_queue(db, &WITHOUT_LOOPS, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &FORGET_OWN, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &FORGET_BOOK, DB_NO_VALUES, NULL, err) != ZCD_OK
        || db_queue(db, &REBUILD_OWN, DB_VALUES(db_date(EVERY_DAY), db_timestamptz(EVER_US)), NULL, err) != ZCD_OK)
        return err->code;
    return db_execute(db, &REBUILD_BOOK, DB_NO_VALUES, err);
}

enum zcd_code payer_delay_store_rebuild(struct db *db, struct zcd_error *err)
{
    return db_transaction_run(db, DB_READ_COMMITTED, rebuild, NULL, err);
}

/* ------------------------------------------------------------------- freezing */

/* $1 as of, $2 known at: is the book as it is now what was known then of that day? */
static const struct db_statement IS_CURRENT = {
    "payer_delay_is_current",
    "SELECT coalesce($2 >= max(recorded_at) AND $1 >= (max(recorded_at) AT TIME ZONE 'Asia/Shanghai')::date, true)"
    " AS is_current FROM import"};

/* Of shares (payer_key, level, fund_source, weeks, payable_on, share_ppm): weeks at risk of what is unpaid on $1. */
#define BY_WEEK(shares)                                                                                                \
    "SELECT payer_key, level, fund_source, weeks >= 0 AS is_paid,"                                                     \
    "  CASE WHEN weeks >= 0 THEN weeks ELSE least(159, ($1 - payable_on) / 7) END AS week, sum(share_ppm)::bigint AS share_ppm" \
    " FROM (" shares ") shares WHERE weeks >= 0 OR payable_on <= $1"                                                   \
    " GROUP BY 1, 2, 3, 4, 5 HAVING sum(share_ppm) <> 0 ORDER BY 1, 2, 3, 4, 5"

/* $3 uscc, $4 payers, $5 and $6 levels and fund sources of the classes */
#define OF_PAYERS " payer_key = ANY ($4)"
#define OF_CLASSES " (level, fund_source) IN (SELECT * FROM unnest($5::text[], $6::text[]))"

static const struct db_statement READ_CURRENT = {
    "payer_delay_read_current",
    BY_WEEK("SELECT payer_key, level, fund_source, weeks, payable_on, share_ppm FROM payer_delay WHERE" OF_PAYERS
            " AND $2 IS NOT NULL"
            " UNION ALL SELECT payer_key, level, fund_source, weeks, payable_on, share_ppm FROM payer_delay"
            " WHERE payer_key = '' AND" OF_CLASSES
            " UNION ALL SELECT payer_key, level, fund_source, weeks, payable_on, -share_ppm FROM organisation_payer_delay"
            " WHERE uscc = $3 AND" OF_PAYERS
            " UNION ALL SELECT '', level, fund_source, weeks, payable_on, -share_ppm FROM organisation_payer_delay"
            " WHERE uscc = $3 AND" OF_CLASSES)};

static const struct db_statement READ_PAST = {
    "payer_delay_read_past",
    "WITH" CELLS(" AND uscc <> $3")
        " " BY_WEEK("SELECT payer_key, level, fund_source, weeks, payable_on, share_ppm FROM cells WHERE" OF_PAYERS
                    " UNION ALL SELECT '', level, fund_source, weeks, payable_on, share_ppm FROM cells WHERE" OF_CLASSES)};

/* What is asked about: keys of payers, and classes. */
struct asking {
    struct db_array keys, levels, sources;
};

static void done(struct asking *asking)
{
    db_array_done(&asking->keys);
    db_array_done(&asking->levels);
    db_array_done(&asking->sources);
}

/* As CELLS makes it. */
static const char *key_of(const struct payer *payer, struct arena *arena)
{
    if (payer->uscc.text[0] != '\0')
        return payer->uscc.text;
    size_t size = strlen(payer->name) + sizeof payer->region.code + 1;
    char *key = arena_alloc(arena, size, 1);
    (void)snprintf(key, size, "%s@%s", payer->name, payer->region.code);
    return key;
}

static const struct payer *find_payer(const struct dossier *dossier, const char *id)
{
    for (size_t i = 0; i < dossier->payer_count; i++) {
        if (strcmp(dossier->payers[i].id, id) == 0)
            return &dossier->payers[i];
    }
    return NULL;
}

static void ask_about(const struct dossier *dossier, struct arena *arena, struct asking *asking)
{
    bool asked[PAYER_LEVEL_DONOR + 1][FUND_SOURCE_OTHER + 1] = {{false}};

    db_array_init(&asking->keys, DB_TEXT_ARRAY);
    db_array_init(&asking->levels, DB_TEXT_ARRAY);
    db_array_init(&asking->sources, DB_TEXT_ARRAY);
    for (size_t i = 0; i < dossier->payer_count; i++)
        db_array_add_text(&asking->keys, key_of(&dossier->payers[i], arena));
    for (size_t i = 0; i < dossier->contract_count; i++) {
        const struct contract *contract = &dossier->contracts[i];
        const struct payer *payer = find_payer(dossier, contract->payer);
        if (payer == NULL || asked[payer->level][contract->fund_source])
            continue;
        asked[payer->level][contract->fund_source] = true;
        db_array_add_text(&asking->levels, codelist_name(&CODELIST_PAYER_LEVEL, (int)payer->level));
        db_array_add_text(&asking->sources, codelist_name(&CODELIST_FUND_SOURCE, (int)contract->fund_source));
    }
}

static enum zcd_code query(struct db *db, const struct dossier *dossier, int64_t known_at_us, struct arena *arena,
                           struct db_rows *rows, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows current = {0};
    ZCD_AUTO(done)
    struct asking asking;
    bool is_current;

    ask_about(dossier, arena, &asking);
    if (db_query(db, &IS_CURRENT, DB_VALUES(db_date(dossier->as_of), db_timestamptz(known_at_us)), &current, err) != ZCD_OK
        || db_rows_bool(&current, 0, "is_current", &is_current, err) != ZCD_OK
        || (!is_current && db_queue(db, &WITHOUT_LOOPS, DB_NO_VALUES, NULL, err) != ZCD_OK))
        return err->code;
    return db_query(db, is_current ? &READ_CURRENT : &READ_PAST,
                    DB_VALUES(db_date(dossier->as_of), db_timestamptz(known_at_us),
                              db_text(dossier->organisation.uscc.text), db_array_value(&asking.keys),
                              db_array_value(&asking.levels), db_array_value(&asking.sources)),
                    rows, err);
}

/* One row of an answer. */
struct share {
    const char *payer_key; /* "" of a class */
    int level, fund_source;
    bool is_paid;
    int32_t week;
    int64_t share_ppm;
};

static enum zcd_code read_share(const struct db_rows *rows, int row, struct share *share, struct zcd_error *err)
{
    const char *level, *fund_source;

    if (db_rows_text(rows, row, "payer_key", &share->payer_key, err) != ZCD_OK
        || db_rows_text(rows, row, "level", &level, err) != ZCD_OK
        || db_rows_text(rows, row, "fund_source", &fund_source, err) != ZCD_OK
        || db_rows_bool(rows, row, "is_paid", &share->is_paid, err) != ZCD_OK
        || db_rows_int4(rows, row, "week", &share->week, err) != ZCD_OK
        || db_rows_int8(rows, row, "share_ppm", &share->share_ppm, err) != ZCD_OK)
        return err->code;
    if (!codelist_find(&CODELIST_PAYER_LEVEL, level, &share->level)
        || !codelist_find(&CODELIST_FUND_SOURCE, fund_source, &share->fund_source) || share->week < 0
        || share->week >= PAYER_DELAY_WEEKS || share->share_ppm < 0)
        return zcd_fail(err, ZCD_CORRUPT, "database: the experience with payers is damaged: run zcd payers rebuild");
    return ZCD_OK;
}

/* The row of this payer or class, made when there is none. */
static struct payer_experience *row_for(const struct share *share, struct payer_experience *rows, size_t *count,
                                        const struct dossier *dossier, struct arena *arena)
{
    struct payer_experience wanted = {.payer = "", .payer_index = SIZE_MAX};

    if (*share->payer_key == '\0') {
        wanted.level = (enum payer_level)share->level;
        wanted.fund_source = (enum fund_source)share->fund_source;
    }
    for (size_t i = 0; *share->payer_key != '\0' && i < dossier->payer_count; i++) {
        if (strcmp(key_of(&dossier->payers[i], arena), share->payer_key) == 0)
            wanted.payer = dossier->payers[i].id;
    }
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(rows[i].payer, wanted.payer) == 0 && rows[i].level == wanted.level
            && rows[i].fund_source == wanted.fund_source)
            return &rows[i];
    }
    rows[*count] = wanted;
    return &rows[(*count)++];
}

static void add_share(const struct share *share, const int64_t *sums_ppm, struct payer_experience *row)
{
    int64_t at_risk_ppm = share->is_paid ? sums_ppm[share->week + 1] : sums_ppm[share->week];

    row->exposure_ppm += money_mul_ppm_floor(at_risk_ppm, share->share_ppm);
    if (share->is_paid)
        row->events_ppm += share->share_ppm;
}

static int compare_rows(const void *left, const void *right)
{
    const struct payer_experience *a = left, *b = right;
    int order = strcmp(a->payer, b->payer);

    if (order == 0)
        order = strcmp(codelist_name(&CODELIST_PAYER_LEVEL, (int)a->level), codelist_name(&CODELIST_PAYER_LEVEL, (int)b->level));
    return order != 0 ? order
                      : strcmp(codelist_name(&CODELIST_FUND_SOURCE, (int)a->fund_source),
                               codelist_name(&CODELIST_FUND_SOURCE, (int)b->fund_source));
}

/* Of what was given along, that of which the book knows nothing; then the whole in the order of its keys. */
static void merge(struct dossier *dossier, struct payer_experience *rows, size_t count)
{
    size_t known = count;

    for (size_t g = 0; g < dossier->payer_experience_count; g++) {
        const struct payer_experience *given = &dossier->payer_experience[g];
        bool is_known = false;
        for (size_t i = 0; i < known && !is_known; i++)
            is_known = compare_rows(&rows[i], given) == 0;
        if (!is_known)
            rows[count++] = *given;
    }
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_rows);
    dossier->payer_experience = rows;
    dossier->payer_experience_count = count;
}

enum zcd_code payer_delay_store_freeze(struct db *db, struct dossier *dossier, int64_t known_at_us,
                                       const struct payer_prior *prior, struct arena *arena, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = query(db, dossier, known_at_us, arena, &rows, err);

    if (code != ZCD_OK)
        return code;
    struct payer_experience *found =
        ARENA_NEW(arena, struct payer_experience, (size_t)rows.count + dossier->payer_experience_count);
    size_t count = 0;
    int64_t sums_ppm[PAYER_DELAY_WEEKS + 1];
    int level = 0, fund_source = 0; /* of sums_ppm */
    for (int i = 0; i < rows.count; i++) {
        struct share share;
        code = read_share(&rows, i, &share, err);
        if (code != ZCD_OK)
            return code;
        if (share.level != level || share.fund_source != fund_source)
            prior->fill(prior->context, (enum payer_level)share.level, (enum fund_source)share.fund_source, sums_ppm);
        level = share.level;
        fund_source = share.fund_source;
        add_share(&share, sums_ppm, row_for(&share, found, &count, dossier, arena));
    }
    merge(dossier, found, count);
    return ZCD_OK;
}
