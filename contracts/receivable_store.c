#include "contracts/receivable_store.h"

#include "base/cleanup.h"
#include "contracts/allocation.h"
#include "contracts/contract_store.h"
#include "contracts/facts_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"
#include "db/transaction.h"

#include <string.h>

/* Every statement holds, also one about days to come. 2199-12-31 */
#define EVERY_DAY ((struct date){84005})

enum table { ORGANISATION, PAYERS, ALIASES, CONTRACTS, MILESTONES, PAYMENTS, TABLE_COUNT };

static const struct fact_table *const TABLES[TABLE_COUNT] = {
    [ORGANISATION] = &ORGANISATION_FACTS, [PAYERS] = &PAYER_FACTS,         [ALIASES] = &PAYER_ALIAS_FACTS,
    [CONTRACTS] = &CONTRACT_FACTS,        [MILESTONES] = &MILESTONE_FACTS, [PAYMENTS] = &PAYMENT_FACTS,
};

static const struct db_statement KNOWN = {
    "receivable_known_receipts",
    "SELECT DISTINCT receipt_id COLLATE \"C\" AS id FROM receipt WHERE uscc = $1 AND lender = $2"
    " AND import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL)) ORDER BY 1"};

static const struct db_statement LAST = {"receivable_last_import", "SELECT coalesce(max(id), 0) AS id FROM import WHERE lender = $1"};

/* The last day from which something is known of each contract and milestone. */
static const struct db_statement SINCE = {
    "receivable_since",
    "SELECT contract_id, milestone_id, max(valid_from) AS since FROM"
    " (SELECT contract_id, milestone_id, valid_from, import_id FROM milestone WHERE uscc = $1 AND lender = $2"
    "  UNION ALL SELECT contract_id, '', valid_from, import_id FROM contract WHERE uscc = $1 AND lender = $2) t"
    " WHERE import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL))"
    " GROUP BY contract_id, milestone_id ORDER BY contract_id COLLATE \"C\", milestone_id COLLATE \"C\""};

struct loading {
    const struct facts_of *facts;
    struct arena *arena;
    bool is_open_alone;
    struct receivables made;
    struct db_rows rows[TABLE_COUNT], known, last, since;
    int next_since;
    void *decoded[TABLE_COUNT];
    size_t next[TABLE_COUNT]; /* how far children were handed to their parents; both are in the order of their keys */
};

static size_t count_of(const struct loading *loading, enum table table)
{
    return (size_t)loading->rows[table].count;
}

static bool is_yuan(const char *currency)
{
    return *currency == '\0' || strcmp(currency, "CNY") == 0;
}

/* ------------------------------------------------------------------- known receipts */

static enum zcd_code read_known(struct loading *loading, struct zcd_error *err)
{
    const char **ids = ARENA_NEW(loading->arena, const char *, (size_t)loading->known.count + 1);

    for (int i = 0; i < loading->known.count; i++) {
        const char *id;
        if (db_rows_text(&loading->known, i, "id", &id, err) != ZCD_OK)
            return err->code;
        ids[i] = arena_copy_text(loading->arena, id);
    }
    loading->made.known_ids = ids;
    loading->made.known_count = (size_t)loading->known.count;
    return ZCD_OK;
}

static bool is_known_receipt(const struct loading *loading, const char *id)
{
    size_t low = 0, high = loading->made.known_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(loading->made.known_ids[middle], id);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* --------------------------------------------------------------------------- payers */

static const struct payer_row *find_payer(const struct loading *loading, const char *id)
{
    const struct payer_row *rows = loading->decoded[PAYERS];

    for (size_t i = 0; i < count_of(loading, PAYERS); i++) {
        if (strcmp(rows[i].payer.id, id) == 0)
            return &rows[i];
    }
    return NULL;
}

/* Its name, then its aliases. */
static void name_payer(const struct loading *loading, const char *id, struct receivable *receivable)
{
    const struct payer_alias_row *rows = loading->decoded[ALIASES];
    const struct payer_row *payer = find_payer(loading, id);
    const char **names = ARENA_NEW(loading->arena, const char *, count_of(loading, ALIASES) + 1);
    size_t count = 0;

    if (payer != NULL)
        names[count++] = payer->payer.name;
    for (size_t i = 0; i < count_of(loading, ALIASES); i++) {
        if (strcmp(rows[i].payer_id, id) == 0)
            names[count++] = rows[i].alias;
    }
    receivable->payer_names = names;
    receivable->payer_name_count = count;
}

/* ----------------------------------------------------------------------- milestones */

/* Payments of one milestone; of "", those of the contract whose milestone is not known, which come before the others. */
static struct payment *take_payments(struct loading *loading, const char *contract_id, const char *milestone_id, size_t *count)
{
    size_t *next = &loading->next[PAYMENTS];
    size_t last = count_of(loading, PAYMENTS);
    const struct payment_row *rows = loading->decoded[PAYMENTS];
    int order = -1;

    *count = 0;
    while (*next < last && ((order = strcmp(rows[*next].contract_id, contract_id)) < 0
                            || (order == 0 && strcmp(rows[*next].milestone_id, milestone_id) < 0)))
        (*next)++;
    size_t first = *next;
    while (*next < last && strcmp(rows[*next].contract_id, contract_id) == 0
           && strcmp(rows[*next].milestone_id, milestone_id) == 0)
        (*next)++;
    struct payment *payments = ARENA_NEW(loading->arena, struct payment, *next - first + 1);
    for (size_t i = first; i < *next; i++) {
        if (is_yuan(rows[i].currency) && !date_is_none(rows[i].payment.paid_on))
            payments[(*count)++] = rows[i].payment;
    }
    return payments;
}

/* What a bank may still show, and did not yet. */
static void add_known_payments(const struct loading *loading, const struct payment *payments, size_t count,
                               struct receivable *receivable)
{
    struct known_payment *known = ARENA_NEW(loading->arena, struct known_payment, receivable->payment_count + count + 1);
    size_t kept = receivable->payment_count;

    if (loading->is_open_alone)
        return;
    if (kept > 0)
        memcpy(known, receivable->payments, kept * sizeof *known);
    for (size_t i = 0; i < count; i++) {
        if (!is_known_receipt(loading, payments[i].id))
            known[kept++] = (struct known_payment){payments[i].paid_on, payments[i].amount_fen};
    }
    receivable->payments = known;
    receivable->payment_count = kept;
}

/* Does a milestone have the payment too, because another source knew which it belongs to? */
static bool is_assigned(const struct milestone *milestones, size_t count, const struct payment *payment)
{
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; i < milestones[m].payment_count; i++) {
            const struct payment *own = &milestones[m].payments[i];
            if (own->paid_on.days == payment->paid_on.days && own->amount_fen == payment->amount_fen
                && strcmp(own->id, payment->id) == 0)
                return true;
        }
    }
    return false;
}

static size_t take_milestones(struct loading *loading, const char *contract_id, struct milestone **taken)
{
    size_t *next = &loading->next[MILESTONES];
    size_t last = count_of(loading, MILESTONES), count = 0;
    const struct milestone_row *rows = loading->decoded[MILESTONES];

    while (*next < last && strcmp(rows[*next].contract_id, contract_id) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < last && strcmp(rows[*next].contract_id, contract_id) == 0)
        (*next)++;
    struct milestone *milestones = ARENA_NEW(loading->arena, struct milestone, *next - first + 1);
    for (size_t i = first; i < *next; i++) {
        struct milestone *milestone = &milestones[count];
        if (!is_yuan(rows[i].currency) || rows[i].milestone.amount_fen == DOSSIER_FEN_NONE)
            continue;
        *milestone = rows[i].milestone;
        milestone->deducted_fen = milestone->deducted_fen == DOSSIER_FEN_NONE ? 0 : milestone->deducted_fen;
        milestone->payments = take_payments(loading, contract_id, milestone->id, &milestone->payment_count);
        count++;
    }
    *taken = milestones;
    return count;
}

/* A contract without milestones has one line, of nothing, by which its payer and its payments are known. */
static void take_contract(struct loading *loading, const struct contract_row *row)
{
    struct receivable common = {.contract = row->contract.id, .milestone = "", .number = row->number,
                                .due_on = DATE_NONE, .signed_on = row->contract.signed_on};
    struct receivable *first = &loading->made.list[loading->made.count];
    struct milestone *milestones;
    size_t loose_count, left_count = 0;

    name_payer(loading, row->contract.payer, &common);
    struct payment *loose = take_payments(loading, row->contract.id, "", &loose_count);
    size_t count = take_milestones(loading, row->contract.id, &milestones);
    for (size_t i = 0; i < loose_count; i++) {
        if (!is_assigned(milestones, count, &loose[i]))
            loose[left_count++] = loose[i];
    }
    *first = common;
    for (size_t i = 0; i < count; i++) {
        first[i] = common;
        add_known_payments(loading, milestones[i].payments, milestones[i].payment_count, &first[i]);
    }
    add_known_payments(loading, loose, left_count, first);
    allocation_hand_out(milestones, count, loose, left_count, loading->arena);
    for (size_t i = 0; i < count; i++) {
        first[i].milestone = milestones[i].id;
        first[i].due_on = milestones[i].due_on;
        first[i].open_fen = date_is_none(milestones[i].due_on) ? 0 : milestone_outstanding_fen(&milestones[i]);
    }
    loading->made.count += count == 0 ? 1 : count;
}

/* ---------------------------------------------------------------- for notices */

/* Asked for in the order of contracts, of each first with "", then in the order of its milestones. */
static enum zcd_code find_since(struct loading *loading, const char *contract_id, const char *milestone_id, struct date *since,
                                struct zcd_error *err)
{
    for (; loading->next_since < loading->since.count; loading->next_since++) {
        const char *contract, *milestone;
        if (db_rows_text(&loading->since, loading->next_since, "contract_id", &contract, err) != ZCD_OK
            || db_rows_text(&loading->since, loading->next_since, "milestone_id", &milestone, err) != ZCD_OK)
            return err->code;
        int order = strcmp(contract, contract_id);
        order = order != 0 ? order : strcmp(milestone, milestone_id);
        if (order == 0)
            return db_rows_date(&loading->since, loading->next_since, "since", since, err);
        if (order > 0)
            break;
    }
    *since = DATE_NONE;
    return ZCD_OK;
}

static enum zcd_code take_notice_milestones(struct loading *loading, size_t *next, struct notice_contract *contract,
                                            struct zcd_error *err)
{
    size_t last = count_of(loading, MILESTONES), count = 0;
    const struct milestone_row *rows = loading->decoded[MILESTONES];

    while (*next < last && strcmp(rows[*next].contract_id, contract->id) < 0)
        (*next)++;
    size_t first = *next;
    while (*next < last && strcmp(rows[*next].contract_id, contract->id) == 0)
        (*next)++;
    struct notice_milestone *milestones = ARENA_NEW(loading->arena, struct notice_milestone, *next - first + 1);
    for (size_t i = first; i < *next; i++) {
        const struct milestone *row = &rows[i].milestone;
        milestones[count] = (struct notice_milestone){row->id, row->title, row->due_on, row->accepted_on, DATE_NONE};
        if (find_since(loading, contract->id, row->id, &milestones[count].since, err) != ZCD_OK)
            return err->code;
        count++;
    }
    contract->milestones = milestones;
    contract->milestone_count = count;
    return ZCD_OK;
}

static enum zcd_code take_notice_contracts(struct loading *loading, struct zcd_error *err)
{
    size_t count = count_of(loading, CONTRACTS), next = 0;
    const struct contract_row *rows = loading->decoded[CONTRACTS];
    struct notice_contract *contracts = ARENA_NEW(loading->arena, struct notice_contract, count + 1);

    for (size_t i = 0; i < count; i++) {
        const struct contract *row = &rows[i].contract;
        bool has_value = is_yuan(rows[i].currency) && row->value_fen != DOSSIER_FEN_NONE;
        contracts[i] = (struct notice_contract){.id = row->id,
                                                .number = rows[i].number,
                                                .payer = row->payer,
                                                .value_fen = has_value ? row->value_fen : FACT_MONEY_NONE,
                                                .ends_on = row->ends_on,
                                                .stage = row->stage};
        if (find_since(loading, row->id, "", &contracts[i].since, err) != ZCD_OK
            || take_notice_milestones(loading, &next, &contracts[i], err) != ZCD_OK)
            return err->code;
    }
    loading->made.notices.contracts = contracts;
    loading->made.notices.contract_count = count;
    return ZCD_OK;
}

static void take_notice_payers(struct loading *loading)
{
    const struct payer_row *payers = loading->decoded[PAYERS];
    const struct payer_alias_row *aliases = loading->decoded[ALIASES];
    size_t payer_count = count_of(loading, PAYERS), alias_count = count_of(loading, ALIASES);
    struct notice_payer *names = ARENA_NEW(loading->arena, struct notice_payer, payer_count + alias_count + 1);

    for (size_t i = 0; i < payer_count; i++)
        names[i] = (struct notice_payer){payers[i].payer.id, payers[i].payer.name};
    for (size_t i = 0; i < alias_count; i++)
        names[payer_count + i] = (struct notice_payer){aliases[i].payer_id, aliases[i].alias};
    loading->made.notices.payers = names;
    loading->made.notices.payer_count = payer_count + alias_count;
}

/* ---------------------------------------------------------------------------- whole */

static enum zcd_code ask(struct db *db, struct loading *loading, struct zcd_error *err)
{
    db_rows_done(&loading->known); /* of a run before */
    db_rows_done(&loading->last);
    db_rows_done(&loading->since);
    for (int table = 0; table < TABLE_COUNT; table++) {
        db_rows_done(&loading->rows[table]);
        enum zcd_code code = fact_table_queue(db, TABLES[table], loading->facts, EVERY_DAY, FACTS_KNOWN_NOW,
                                              &loading->rows[table], err);
        if (code != ZCD_OK)
            return code;
    }
    const struct db_value values[] = {db_text(loading->facts->uscc), db_text(loading->facts->lender)};
    if (!loading->is_open_alone
        && (db_queue(db, &KNOWN, values, 2, &loading->known, err) != ZCD_OK
            || db_queue(db, &SINCE, values, 2, &loading->since, err) != ZCD_OK))
        return err->code;
    if (db_queue(db, &LAST, &values[1], 1, &loading->last, err) != ZCD_OK)
        return err->code;
    return db_finish(db, err);
}

static enum zcd_code load(struct db *db, void *context, struct zcd_error *err)
{
    struct loading *loading = context;
    const struct organisation_row *organisations;
    enum zcd_code code = ask(db, loading, err);

    loading->made = (struct receivables){.organisation_name = ""};
    memset(loading->next, 0, sizeof loading->next);
    for (int table = 0; code == ZCD_OK && table < TABLE_COUNT; table++)
        code = fact_table_decode(TABLES[table], &loading->rows[table], loading->arena, &loading->decoded[table], err);
    if (code == ZCD_OK)
        code = read_known(loading, err);
    if (code == ZCD_OK)
        code = db_rows_int8(&loading->last, 0, "id", &loading->made.last_import, err);
    if (code != ZCD_OK)
        return code;
    organisations = loading->decoded[ORGANISATION];
    if (count_of(loading, ORGANISATION) > 0)
        loading->made.organisation_name = organisations[0].organisation.name;
    size_t contract_count = count_of(loading, CONTRACTS);
    loading->made.list = ARENA_NEW(loading->arena, struct receivable, contract_count + count_of(loading, MILESTONES) + 1);
    loading->made.contract_count = contract_count;
    for (size_t i = 0; i < contract_count; i++)
        take_contract(loading, (const struct contract_row *)loading->decoded[CONTRACTS] + i);
    if (loading->is_open_alone)
        return ZCD_OK;
    take_notice_payers(loading);
    loading->next_since = 0;
    return take_notice_contracts(loading, err);
}

static void done(struct loading *loading)
{
    for (int table = 0; table < TABLE_COUNT; table++)
        db_rows_done(&loading->rows[table]);
    db_rows_done(&loading->known);
    db_rows_done(&loading->last);
    db_rows_done(&loading->since);
}

enum zcd_code receivable_store_load(struct db *db, const struct facts_of *facts, struct arena *arena,
                                    struct receivables *receivables, struct zcd_error *err)
{
    struct loading loading = {.facts = facts, .arena = arena};
    enum zcd_code code = db_transaction_run(db, DB_REPEATABLE_READ_ONLY, load, &loading, err);

    done(&loading);
    if (code == ZCD_OK)
        *receivables = loading.made;
    return code;
}

enum zcd_code receivable_store_load_open(struct db *db, const struct facts_of *facts, struct arena *arena,
                                         struct receivables *receivables, struct zcd_error *err)
{
    struct loading loading = {.facts = facts, .arena = arena, .is_open_alone = true};
    enum zcd_code code = load(db, &loading, err);

    done(&loading);
    if (code == ZCD_OK)
        *receivables = loading.made;
    return code;
}

const struct receivable *receivables_find(const struct receivables *receivables, const char *contract, const char *milestone)
{
    for (size_t i = 0; i < receivables->count; i++) {
        if (strcmp(receivables->list[i].contract, contract) == 0 && strcmp(receivables->list[i].milestone, milestone) == 0)
            return &receivables->list[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------------- standing */

#define CAME(table) "EXISTS (SELECT FROM " table " WHERE uscc = $1 AND lender = $2 AND import_id > $3)"

static const struct db_statement CHECK = {
    "receivable_check",
    "SELECT EXISTS (SELECT FROM import WHERE lender = $2 AND id > $3)"
    " AND (EXISTS (SELECT FROM import WHERE lender = $2 AND id > $3 AND withdraws IS NOT NULL) OR " CAME("contract") " OR " CAME(
        "milestone") " OR " CAME("payment") " OR " CAME("payer") " OR " CAME("payer_alias") " OR " CAME("receipt") " OR " CAME("bank_statement") ") AS is_old"};

enum zcd_code receivable_store_check(struct db *db, const struct facts_of *facts, int64_t last_import, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    bool is_old;

    if (db_query(db, &CHECK, DB_VALUES(db_text(facts->uscc), db_text(facts->lender), db_int8(last_import)), &rows, err) != ZCD_OK
        || db_rows_bool(&rows, 0, "is_old", &is_old, err) != ZCD_OK)
        return err->code;
    return is_old ? zcd_fail(err, ZCD_CONFLICT, "other facts of the organisation came in meanwhile: try again") : ZCD_OK;
}
