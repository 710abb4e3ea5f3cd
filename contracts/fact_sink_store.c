#include "contracts/fact_sink_store.h"

#include "contracts/bank_statement_store.h"
#include "contracts/contract_store.h"
#include "contracts/organisation_store.h"
#include "contracts/payer_store.h"
#include "contracts/receipt_match.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_SIZE_MAX = 1 << 20, TEXT_SIZE_MAX = 2000 };

#define SINCE_EVER ((struct date){DOSSIER_AS_OF_MIN_DAYS})
#define MONEY_MAX INT64_C(9007199254740991) /* 2^53 - 1, as everywhere in JSON */

static const struct fact_table *const TABLES[FACT_KIND_LAST + 1] = {
    [FACT_ORGANISATION] = &ORGANISATION_FACTS, [FACT_PAYER] = &PAYER_FACTS,         [FACT_CONTRACT] = &CONTRACT_FACTS,
    [FACT_SECURITY] = &SECURITY_FACTS,         [FACT_MILESTONE] = &MILESTONE_FACTS, [FACT_PAYMENT] = &PAYMENT_FACTS,
    [FACT_RECEIPT] = &RECEIPT_FACTS,           [FACT_OFFER] = &RECEIPT_OFFER_FACTS,
};

static const struct db_statement SAVE = {"fact_sink_save", "SAVEPOINT fact_sink"};
static const struct db_statement GO_BACK = {"fact_sink_go_back", "ROLLBACK TO SAVEPOINT fact_sink"};

struct fact_sink {
    struct db *db;
    struct fact_import *import;
    struct fact_import begun; /* as it was when parts began */
    size_t part_bytes;        /* 0: all at once */
    struct db_copy waiting[FACT_KIND_LAST + 1];
    bool has_rows[FACT_KIND_LAST + 1];
    struct fact_sink_counts written;
    char statement_of[FACT_ORGANISATION_SIZE_MAX + 1]; /* the organisation whose bank statement it is; "": none */
    struct bank_statement_rest rest;
};

struct fact_sink *fact_sink_new(struct db *db, struct fact_import *import)
{
    struct fact_sink *sink = calloc(1, sizeof *sink);

    if (sink == NULL)
        abort();
    sink->db = db;
    sink->import = import;
    return sink;
}

void fact_sink_free(struct fact_sink *sink)
{
    if (sink == NULL)
        return;
    for (int kind = 0; kind <= FACT_KIND_LAST; kind++)
        db_copy_done(&sink->waiting[kind]);
    bank_statement_done(&sink->rest);
    free(sink);
}

enum zcd_code fact_sink_begin_parts(struct fact_sink *sink, size_t part_bytes, struct zcd_error *err)
{
    assert(part_bytes > 0);
    sink->part_bytes = part_bytes;
    sink->begun = *sink->import;
    return db_execute(sink->db, &SAVE, DB_NO_VALUES, err);
}

bool fact_sink_is_told_twice(const struct fact_sink *sink)
{
    return sink->import->told_twice > sink->begun.told_twice;
}

enum zcd_code fact_sink_begin_again(struct fact_sink *sink, struct zcd_error *err)
{
    for (int kind = 0; kind <= FACT_KIND_LAST; kind++) {
        db_copy_done(&sink->waiting[kind]);
        sink->waiting[kind] = (struct db_copy){.added = 0};
        sink->has_rows[kind] = false;
    }
    bank_statement_done(&sink->rest);
    sink->rest = (struct bank_statement_rest){.piece_count = 0};
    sink->written = (struct fact_sink_counts){{0}};
    *sink->import = sink->begun;
    sink->part_bytes = 0;
    return db_execute(sink->db, &GO_BACK, DB_NO_VALUES, err);
}

/* -------------------------------------------------------------------- bounds */

static enum zcd_code check_text(const char *what, const char *text, size_t size_max, struct zcd_error *err)
{
    if (text != NULL && strlen(text) > size_max)
        return zcd_fail(err, ZCD_INVALID, "%s has more than %zu bytes", what, size_max);
    return ZCD_OK;
}

static enum zcd_code check_money(const char *what, const struct fact_money *money, struct zcd_error *err)
{
    if (money->minor != FACT_MONEY_NONE && (money->minor < 0 || money->minor > MONEY_MAX))
        return zcd_fail(err, ZCD_INVALID, "%s is not from 0 to %" PRId64, what, MONEY_MAX);
    return ZCD_OK;
}

/* ---------------------------------------------------------------------- rows */

static void add(struct fact_sink *sink, const struct fact *fact, const void *row)
{
    fact_table_add(TABLES[fact->kind], &sink->waiting[fact->kind], fact->organisation, row);
    sink->has_rows[fact->kind] = true;
}

static struct fact_row row_of(const struct fact *fact, struct date valid_from)
{
    return (struct fact_row){.valid_from = date_is_none(valid_from) ? SINCE_EVER : valid_from,
                             .source_row = (int64_t)fact->line};
}

static struct date later(struct date a, struct date b)
{
    return date_compare(a, b) >= 0 ? a : b; /* DATE_NONE is before all */
}

/* A code that no edition of the standard has says nothing; the reader has reported it. */
static struct region region_of(const char *text)
{
    struct region region = {""};
    struct zcd_error unwanted;

    if (text == NULL || region_parse(text, &region, &unwanted) != ZCD_OK)
        region = (struct region){""};
    return region;
}

static enum zcd_code take_organisation(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    struct organisation_row row = {
        .row = row_of(fact, SINCE_EVER),
        .organisation = {.name = fact->organisation_fact.name,
                         .region = region_of(fact->organisation_fact.region),
                         .registered_on = DATE_NONE,
                         .stations = DOSSIER_COUNT_NONE,
                         .payroll_month_fen = DOSSIER_FEN_NONE,
                         .payroll_day = DOSSIER_COUNT_NONE,
                         .other_costs_month_fen = DOSSIER_FEN_NONE,
                         .cash_fen = DOSSIER_FEN_NONE,
                         .restricted_cash_fen = DOSSIER_FEN_NONE,
                         .wages_payable_fen = DOSSIER_FEN_NONE},
    };

    if (check_text("a name", row.organisation.name, TEXT_SIZE_MAX, err) != ZCD_OK)
        return err->code;
    add(sink, fact, &row);
    return ZCD_OK;
}

static enum zcd_code take_payer(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_payer *payer = &fact->payer;
    struct payer_row row = {
        .row = row_of(fact, SINCE_EVER),
        .payer = {.id = payer->id, .name = payer->name, .level = payer->level, .region = region_of(payer->region)},
    };
    struct zcd_error unwanted;

    if (payer->uscc == NULL || uscc_parse(payer->uscc, &row.payer.uscc, &unwanted) != ZCD_OK)
        row.payer.uscc = (struct uscc){""};
    if (check_text("a payer's id", payer->id, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a payer's name", payer->name, TEXT_SIZE_MAX, err) != ZCD_OK)
        return err->code;
    add(sink, fact, &row);
    return ZCD_OK;
}

static struct contract_row contract_row_of(const struct fact *fact)
{
    const struct fact_contract *given = &fact->contract;

    return (struct contract_row){
        .row = row_of(fact, SINCE_EVER),
        .number = given->number,
        .shared_with = given->shared_with,
        .currency = given->value.currency,
        .contract = {.id = given->id,
                     .title = given->title,
                     .payer = given->payer,
                     .tier = given->tier,
                     .fund_source = given->fund_source,
                     .stage = given->stage,
                     .value_fen = given->value.minor,
                     .awarded_on = given->awarded_on,
                     .signed_on = given->signed_on,
                     .published_on = given->published_on,
                     .starts_on = given->starts_on,
                     .ends_on = given->ends_on,
                     .payment_term_days = given->payment_term_days,
                     .trigger = given->trigger,
                     .renewals = given->renewals,
                     .retained_fen = DOSSIER_FEN_NONE,
                     .disputed_fen = DOSSIER_FEN_NONE},
    };
}

/* The day by which everything that the contract's stage and days say has happened. */
static struct date contract_holds_from(const struct contract *contract)
{
    struct date day = later(later(contract->awarded_on, contract->signed_on), contract->published_on);

    if (contract->stage >= CONTRACT_STAGE_PERFORMING)
        day = later(day, contract->starts_on);
    if (contract->stage == CONTRACT_STAGE_EVALUATING || contract->stage == CONTRACT_STAGE_CLOSED)
        day = later(day, contract->ends_on);
    return day;
}

/* An earlier step of the contract's life, without what had not happened then. */
static void add_contract_step(struct fact_sink *sink, const struct fact *fact, struct contract_row row,
                              enum contract_stage stage, struct date on)
{
    struct contract *contract = &row.contract;

    if (date_is_none(on) || contract->stage <= stage || date_compare(on, contract_holds_from(contract)) >= 0)
        return;
    contract->stage = stage;
    if (date_compare(contract->signed_on, on) > 0)
        contract->signed_on = DATE_NONE;
    if (date_compare(contract->published_on, on) > 0)
        contract->published_on = DATE_NONE;
    row.row.valid_from = on;
    add(sink, fact, &row);
}

static enum zcd_code take_contract(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    struct contract_row row = contract_row_of(fact);
    const struct contract *contract = &row.contract;

    if (check_text("a contract's id", contract->id, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a payer's id", contract->payer, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a contract's number", row.number, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_text("a title", contract->title, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_text("the names of other suppliers", row.shared_with, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_money("a contract's value", &fact->contract.value, err) != ZCD_OK)
        return err->code;
    add_contract_step(sink, fact, row, CONTRACT_STAGE_AWARDED, contract->awarded_on);
    add_contract_step(sink, fact, row, CONTRACT_STAGE_SIGNED, contract->signed_on);
    add_contract_step(sink, fact, row, CONTRACT_STAGE_PERFORMING, later(contract->signed_on, contract->starts_on));
    row.row = row_of(fact, later(contract_holds_from(contract), fact->contract.holds_from));
    add(sink, fact, &row);
    return ZCD_OK;
}

static void add_security(struct fact_sink *sink, const struct fact *fact, const char *kind, enum fact_answer answer,
                         const char *reference)
{
    struct security_row row = {.row = row_of(fact, fact->security.on),
                               .contract_id = fact->security.contract,
                               .kind = kind,
                               .reference = reference};

    row.row.removed = answer == FACT_NO;
    if (answer != FACT_UNKNOWN)
        add(sink, fact, &row);
}

static enum zcd_code take_security(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_security *security = &fact->security;
    const char *registration = security->pledge_registration == NULL ? "" : security->pledge_registration;

    if (check_text("a contract's id", security->contract, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a registration's number", registration, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_text("an account", security->account, TEXT_SIZE_MAX, err) != ZCD_OK)
        return err->code;
    add_security(sink, fact, SECURITY_ACCOUNT_LOCK, security->account_locked, security->account);
    add_security(sink, fact, SECURITY_PLEDGE_REGISTRATION, *registration == '\0' ? FACT_UNKNOWN : FACT_YES, registration);
    add_security(sink, fact, SECURITY_BUYER_CONFIRMATION, security->buyer_confirmed, "");
    return ZCD_OK;
}

static enum zcd_code take_milestone(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_milestone *given = &fact->milestone;
    struct milestone_row row = {
        .row = row_of(fact, SINCE_EVER),
        .contract_id = given->contract,
        .currency = given->amount.currency,
        .milestone = {.id = given->id,
                      .title = given->title,
                      .due_on = given->due_on,
                      .amount_fen = given->amount.minor,
                      .accepted_on = given->accepted_on,
                      .invoiced_on = given->invoiced_on,
                      .deducted_fen = given->deducted.minor},
    };
    struct date last_on = later(given->accepted_on, given->invoiced_on);

    if (check_text("a contract's id", given->contract, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a milestone's id", given->id, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a title", given->title, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_money("a milestone's amount", &given->amount, err) != ZCD_OK
        || check_money("a deduction", &given->deducted, err) != ZCD_OK)
        return err->code;
    if (given->is_amendment)
        row.row = row_of(fact, given->holds_from);
    add(sink, fact, &row);
    if (!date_is_none(last_on) && !given->is_amendment) {
        row.row.valid_from = last_on;
        add(sink, fact, &row);
    }
    return ZCD_OK;
}

static enum zcd_code take_payment(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_payment *given = &fact->payment;
    struct payment_row row = {
        .row = row_of(fact, given->paid_on),
        .contract_id = given->contract,
        .milestone_id = given->milestone,
        .currency = given->amount.currency,
        .payer_name = given->payer_name,
        .payment = {.id = given->id, .paid_on = given->paid_on, .amount_fen = given->amount.minor},
    };

    if (check_text("a contract's id", given->contract, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a milestone's id", given->milestone, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a payment's id", given->id, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a payer's name", given->payer_name, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_money("a payment", &given->amount, err) != ZCD_OK)
        return err->code;
    if (given->amount.minor == 0)
        return zcd_fail(err, ZCD_INVALID, "a payment is of nothing");
    add(sink, fact, &row);
    return ZCD_OK;
}

/* Nobody under a known contract paid it: it is set aside until one is, unless it is not the lender's business. */
static enum zcd_code set_aside(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_receipt *given = &fact->receipt;
    const struct kept_receipt receipt = {.account = given->account,
                                         .id = given->id,
                                         .payer_name = given->payer_name,
                                         .note = given->note,
                                         .received_on = given->on,
                                         .amount_fen = given->amount.minor,
                                         .line = (int64_t)fact->line};

    if (strcmp(given->amount.currency, FACT_CURRENCY_SCORED) != 0
        || !bank_statement_may_match_later(given->payer_name, given->note))
        return ZCD_OK;
    return bank_statement_store_set_aside(sink->db, sink->import, fact->organisation, &receipt, &sink->rest, err);
}

static enum zcd_code take_receipt(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_receipt *given = &fact->receipt;
    struct receipt_row row = {
        .row = row_of(fact, given->on),
        .account = given->account,
        .id = given->id,
        .contract_id = given->contract,
        .milestone_id = given->milestone,
        .received_on = given->on,
        .currency = given->amount.currency,
        .amount_fen = given->amount.minor,
        .matched_fen = given->matched.minor,
        .payer_name = given->payer_name,
        .note = given->note,
        .confidence_ppm = given->confidence_ppm,
        .reason = given->reason,
    };

    if (check_text("an account", given->account, 4, err) != ZCD_OK
        || check_text("a receipt's id", given->id, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a contract's id", given->contract, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a milestone's id", given->milestone, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a payer's name", given->payer_name, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_text("a note", given->note, TEXT_SIZE_MAX, err) != ZCD_OK
        || check_money("a receipt", &given->amount, err) != ZCD_OK
        || check_money("a matched part", &given->matched, err) != ZCD_OK)
        return err->code;
    (void)snprintf(sink->statement_of, sizeof sink->statement_of, "%s", fact->organisation);
    if (!match_code_is_kept(given->reason))
        return set_aside(sink, fact, err);
    add(sink, fact, &row);
    return ZCD_OK;
}

static enum zcd_code take_offer(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    const struct fact_offer *given = &fact->offer;
    struct receipt_offer_row row = {
        .row = row_of(fact, given->on),
        .account = given->account,
        .receipt_id = given->receipt,
        .contract_id = given->contract,
        .milestone_id = given->milestone,
        .confidence_ppm = given->confidence_ppm,
        .reason = given->reason,
    };

    if (check_text("an account", given->account, 4, err) != ZCD_OK
        || check_text("a receipt's id", given->receipt, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a contract's id", given->contract, FACT_ID_SIZE_MAX, err) != ZCD_OK
        || check_text("a milestone's id", given->milestone, FACT_ID_SIZE_MAX, err) != ZCD_OK)
        return err->code;
    add(sink, fact, &row);
    return ZCD_OK;
}

static enum zcd_code take(struct fact_sink *sink, const struct fact *fact, struct zcd_error *err)
{
    switch (fact->kind) {
    case FACT_ORGANISATION:
        return take_organisation(sink, fact, err);
    case FACT_PAYER:
        return take_payer(sink, fact, err);
    case FACT_CONTRACT:
        return take_contract(sink, fact, err);
    case FACT_SECURITY:
        return take_security(sink, fact, err);
    case FACT_MILESTONE:
        return take_milestone(sink, fact, err);
    case FACT_PAYMENT:
        return take_payment(sink, fact, err);
    case FACT_RECEIPT:
        return take_receipt(sink, fact, err);
    case FACT_OFFER:
        return take_offer(sink, fact, err);
    }
    assert(false && "a kind of enum fact_kind");
    return ZCD_OK;
}

/* Things that releases name again and again, often in other words, wait for the end: there the last counts. */
static bool is_written_in_parts(enum fact_kind kind)
{
    return kind != FACT_ORGANISATION && kind != FACT_PAYER;
}

/* What waits, into the database. */
static enum zcd_code write_part(struct fact_sink *sink, enum fact_kind kind, struct zcd_error *err)
{
    int64_t before = sink->import->added;

    if (fact_table_stage(sink->db, TABLES[kind], &sink->waiting[kind], err) != ZCD_OK
        || fact_table_write(sink->db, TABLES[kind], sink->import, err) != ZCD_OK)
        return err->code;
    if (fact_sink_is_told_twice(sink))
        return zcd_fail(err, ZCD_CONFLICT, "the same thing is told twice, and not in the same words");
    sink->written.added[kind] += sink->import->added - before;
    return fact_table_empty(sink->db, TABLES[kind], err);
}

enum zcd_code fact_sink_take(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct fact_sink *sink = context;
    size_t key_size = strlen(fact->organisation);

    if (key_size == 0 || key_size > FACT_ORGANISATION_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "an organisation's key is not 1 to %d bytes", FACT_ORGANISATION_SIZE_MAX);
    if (take(sink, fact, err) != ZCD_OK)
        return err->code;
    struct db_copy *waiting = &sink->waiting[fact->kind];
    bool is_part = sink->part_bytes > 0 && is_written_in_parts(fact->kind);
    if (waiting->encoded.size < (is_part ? sink->part_bytes : WAITING_SIZE_MAX))
        return ZCD_OK;
    return is_part ? write_part(sink, fact->kind, err) : fact_table_stage(sink->db, TABLES[fact->kind], waiting, err);
}

enum zcd_code fact_sink_finish(struct fact_sink *sink, struct fact_sink_counts *counts, struct zcd_error *err)
{
    for (int kind = FACT_ORGANISATION; kind <= FACT_KIND_LAST; kind++) {
        if (sink->has_rows[kind] && write_part(sink, (enum fact_kind)kind, err) != ZCD_OK)
            return err->code;
    }
    if (*sink->statement_of != '\0'
        && bank_statement_store_end(sink->db, sink->import, sink->statement_of, &sink->rest, err) != ZCD_OK)
        return err->code;
    *counts = sink->written;
    return ZCD_OK;
}
