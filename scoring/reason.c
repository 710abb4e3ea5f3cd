#include "scoring/reason.h"

#include "base/money.h"
#include "scoring/decision.h"
#include "scoring/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define STRENGTHS_MAX 5
#define EVIDENCE_MAX 5
#define CONTRACTS_NAMED_MAX 12 /* in one condition; the value gives the number of all */
#define LATE_DAYS 90

/* ------------------------------------------------------------------ the list */

static const struct row {
    enum reason_code code;
    const char *name;
    const char *zh;
    const char *en;
} ROWS[] = {
#define REASON(number, name, json, zh, en) {REASON_##name, json, zh, en},
#include "scoring/reason_codes.def"
#undef REASON
};

enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

/* Where the row of a rule, a bound or a characteristic is found. */
enum { STOP_BASE = 100, RENEWAL_BASE = 220, DEFERRAL_BASE = 240, BOUND_BASE = 300, LOST_BASE = 600, STRENGTH_BASE = 700 };

#define ELIGIBILITY_RULE(number, name, json, zh, en)                                                                   \
    static_assert((int)REASON_STOP_##name == STOP_BASE + (int)ELIGIBILITY_##name, "a stop's number is its rule's");
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE

#define LIMIT_BOUND(number, name, json, kind, zh, en)                                                                  \
    static_assert((int)REASON_BOUND_##name == BOUND_BASE + (int)LIMIT_##name, "a bound's number is its name's");
#include "scoring/limit_bounds.def"
#undef LIMIT_BOUND

#define RENEWAL_RULE(number, name, json, zh, en)                                                                       \
    static_assert((int)REASON_RENEWAL_##name == RENEWAL_BASE + (int)RENEWAL_RULE_##name, "a reason's number is its rule's");
#include "scoring/renewal_rules.def"
#undef RENEWAL_RULE

#define DEFERRAL_RULE(number, name, json, zh, en)                                                                      \
    static_assert((int)REASON_DEFERRAL_##name == DEFERRAL_BASE + (int)DEFERRAL_RULE_##name, "and so is this one's");
#include "scoring/deferral_rules.def"
#undef DEFERRAL_RULE

#define CHARACTERISTIC(number, name, json, dimension, unit, least, most, zh, en)                                                    \
    static_assert((int)REASON_LOST_##name == LOST_BASE + (int)CHARACTERISTIC_##name, "a loss's number is its value's"); \
    static_assert((int)REASON_STRENGTH_##name == STRENGTH_BASE + (int)CHARACTERISTIC_##name, "and so is a strength's");
#include "scoring/characteristics.def"
#undef CHARACTERISTIC

static const struct row *row_of(enum reason_code code)
{
    size_t place = 0;
    while (place < ROW_COUNT && ROWS[place].code != code)
        place++;
    assert(place < ROW_COUNT);
    return &ROWS[place];
}

const char *reason_code_name(enum reason_code code)
{
    return row_of(code)->name;
}

size_t reason_code_count(void)
{
    return ROW_COUNT;
}

enum reason_code reason_code_at(size_t place)
{
    assert(place < ROW_COUNT);
    return ROWS[place].code;
}

const char *reason_code_text_zh(enum reason_code code)
{
    return row_of(code)->zh;
}

const char *reason_code_text_en(enum reason_code code)
{
    return row_of(code)->en;
}

/* ------------------------------------------------------------------ one reason */

/* What a reason speaks of: as the document names it, and as people do. */
struct subject {
    const char *name;
    struct value_text text;
};

static const struct subject NO_SUBJECT = {"", {"", ""}};
static const struct value_text NO_VALUE = {"", ""};

static struct subject named(const char *name)
{
    return (struct subject){name, {name, name}};
}

/* Rows are collected in a list of fixed room; more than that are not wanted. */
struct collection {
    struct arena *arena;
    struct reason *rows;
    size_t count;
    size_t room;
};

static struct collection collection_of(struct arena *arena, size_t room)
{
    return (struct collection){arena, ARENA_NEW(arena, struct reason, room), 0, room};
}

static bool holds(const struct collection *reasons, enum reason_code code)
{
    for (size_t i = 0; i < reasons->count; i++) {
        if (reasons->rows[i].code == code)
            return true;
    }
    return false;
}

static void add(struct collection *reasons, enum reason_code code, struct subject subject, struct value_text value)
{
    const struct row *row = row_of(code);
    if (reasons->count == reasons->room)
        return;
    reasons->rows[reasons->count++] = (struct reason){
        .code = code,
        .subject = subject.name,
        .value = value.en,
        .text_zh = value_text_fill(reasons->arena, row->zh, subject.text.zh, value.zh),
        .text_en = value_text_fill(reasons->arena, row->en, subject.text.en, value.en),
    };
}

static struct reason_list list_of(const struct collection *reasons)
{
    return (struct reason_list){reasons->rows, reasons->count};
}

/* ------------------------------------------------------------------ principal reasons */

/* What every explanation reads. */
struct explained {
    const struct dossier *dossier;
    const struct policy *policy;
    struct arena *arena;
    const struct decision *decision;
};

static struct subject rule_subject(enum eligibility_rule rule)
{
    return (struct subject){eligibility_rule_name(rule), {eligibility_rule_text_zh(rule), eligibility_rule_text_en(rule)}};
}

static struct subject characteristic_subject(enum characteristic id)
{
    return (struct subject){characteristic_name(id), {characteristic_text_zh(id), characteristic_text_en(id)}};
}

static const struct eligibility_finding *find_finding(const struct eligibility_result *eligibility, enum eligibility_rule rule)
{
    for (size_t i = 0; i < eligibility->finding_count; i++) {
        if (eligibility->findings[i].rule == rule)
            return &eligibility->findings[i];
    }
    return NULL;
}

/* In the order of reason_codes.def, whatever the order in which the policy walks. */
static void add_stops(const struct explained *explained, struct collection *reasons)
{
    for (size_t place = 0; place < ROW_COUNT; place++) {
        int rule = (int)ROWS[place].code - STOP_BASE;
        if (rule <= ELIGIBILITY_NONE || rule >= ELIGIBILITY_END)
            continue;
        const struct eligibility_finding *finding =
            find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding != NULL && finding->outcome == ELIGIBILITY_STOP)
            add(reasons, ROWS[place].code, rule_subject(finding->rule), (struct value_text){finding->value_zh, finding->value});
    }
}

static void add_missing(const struct explained *explained, struct collection *reasons)
{
    for (int rule = ELIGIBILITY_NONE + 1; rule < ELIGIBILITY_END; rule++) {
        const struct eligibility_finding *finding =
            find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding != NULL && finding->outcome == ELIGIBILITY_MISSING)
            add(reasons, REASON_EVIDENCE_MISSING, rule_subject(finding->rule),
                (struct value_text){finding->value_zh, finding->value});
    }
}

/* In the list's order, which puts the engine's own answer last: bound, floor and grade tell more of it. */
static void add_renewal(const struct explained *explained, struct collection *reasons)
{
    const struct renewal_result *renewal = explained->decision->renewal;

    for (size_t place = 0; renewal != NULL && place < ROW_COUNT; place++) {
        for (size_t i = 0; i < renewal->finding_count; i++) {
            const struct renewal_finding *finding = &renewal->findings[i];
            bool is_row = ROWS[place].code == (enum reason_code)(RENEWAL_BASE + (int)finding->rule);
            if (is_row && finding->outcome >= RENEWAL_WAITING)
                add(reasons, ROWS[place].code, named(renewal_rule_name(finding->rule)), finding->value);
        }
    }
}

static struct reason_list explain_deferral(const struct explained *explained)
{
    const struct deferral_result *deferral = explained->decision->deferral;
    struct collection reasons = collection_of(explained->arena, REASON_PRINCIPAL_MAX);

    for (size_t i = 0; i < deferral->finding_count; i++) {
        const struct deferral_finding *finding = &deferral->findings[i];
        if (!finding->passes)
            add(&reasons, (enum reason_code)(DEFERRAL_BASE + (int)finding->rule), named(deferral_rule_name(finding->rule)),
                finding->value);
    }
    return list_of(&reasons);
}

static int64_t asked_fen(const struct explained *explained)
{
    return money_round_down(explained->dossier->application.amount_fen, explained->policy->limit.step_fen);
}

static int64_t bound_fen(const struct limit_result *limit, enum limit_bound_name name)
{
    for (size_t i = 0; i < limit->bound_count; i++) {
        if (limit->bounds[i].name == name)
            return limit->bounds[i].amount_fen;
    }
    return 0;
}

static bool is_bound_below_asked(const struct explained *explained, const struct decision_case *one)
{
    return one->limit.limit_fen < asked_fen(explained) && one->limit.binding != LIMIT_NONE;
}

/* Where the repayment floor binds and has failed at the amount shown too, the failed floor says it better. */
static void add_bound(const struct explained *explained, const struct decision_case *one, struct collection *reasons)
{
    bool is_told_by_floor = one->limit.binding == LIMIT_REPAYMENT_FLOOR && one->floor_failed;
    if (!is_bound_below_asked(explained, one) || is_told_by_floor)
        return;
    enum reason_code code = (enum reason_code)(BOUND_BASE + (int)one->limit.binding);
    int64_t amount_fen = bound_fen(&one->limit, one->limit.binding);
    if (!holds(reasons, code))
        add(reasons, code, named(limit_bound_json(one->limit.binding)), value_text_money(explained->arena, amount_fen));
}

/* The same bound holds the amount down with the conditions as without: only the figure with them is of use. */
static bool is_bound_alike(const struct explained *explained)
{
    const struct decision *decision = explained->decision;
    return decision->with_conditions != NULL && decision->as_it_stands.limit.binding == decision->governing->limit.binding &&
           is_bound_below_asked(explained, decision->governing);
}

/* The limit would allow more than the policy approves: grade or floor ends the search. */
static bool is_amount_graded(const struct decision_case *one)
{
    return one->approved_fen > 0 && one->approved_fen < one->limit.limit_fen;
}

static struct value_text floor_value(const struct explained *explained, const struct decision_case *one)
{
    const struct policy_repayment *policy = &explained->policy->repayment;
    int32_t repaid_ppm = one->repayment.repaid_ppm[policy->floor_with_renewals][policy->floor_within_90_days];
    struct value_text repaid = value_text_ppm(explained->arena, repaid_ppm);
    struct value_text least = value_text_ppm(explained->arena, policy->floor_ppm);
    return (struct value_text){value_text_format(explained->arena, "%s，下限%s", repaid.zh, least.zh),
                               value_text_format(explained->arena, "%s, at least %s wanted", repaid.en, least.en)};
}

static struct value_text grade_value(const struct explained *explained, const struct decision_case *one)
{
    int64_t wanted = explained->policy->decision.approve_grade_max;
    return (struct value_text){
        value_text_format(explained->arena, "%" PRId32 "级，通过须在%" PRId64 "级以内", one->grade.grade, wanted),
        value_text_format(explained->arena, "grade %" PRId32 ", %" PRId64 " or better wanted", one->grade.grade, wanted)};
}

/* The failed floor or the governing lens: both tell of the same simulation, so one is enough. */
static void add_failures(const struct explained *explained, const struct decision_case *one, struct collection *reasons)
{
    bool by_lens = one->grade.source == PD_SOURCE_REPAYMENT;

    if (one->floor_failed)
        add(reasons, REASON_FLOOR_FAILED, NO_SUBJECT, floor_value(explained, one));
    if (one->grade_failed && by_lens && !one->floor_failed)
        add(reasons, REASON_LENS_GOVERNS, NO_SUBJECT, grade_value(explained, one));
    if (one->grade_failed && !by_lens)
        add(reasons, REASON_GRADE_FAILED, NO_SUBJECT, grade_value(explained, one));
    if (is_amount_graded(one))
        add(reasons, REASON_AMOUNT_GRADED, NO_SUBJECT, value_text_money(explained->arena, one->approved_fen));
}

/* Is so much of what this payer owes so late that the policy's cross-ageing share is reached? */
static bool is_late_payer(const struct policy *policy, const struct pipeline_payer *payer)
{
    return payer->is_cross_aged
           || (payer->due_90_fen > 0
               && payer->due_90_fen >= money_mul_bp_ceil(payer->due_fen, policy->pipeline.cross_ageing_share_bp));
}

/* The late payer that owes most; of equals the first by id. */
static const struct pipeline_payer *worst_payer(const struct policy *policy, const struct pipeline_result *pipeline)
{
    const struct pipeline_payer *worst = NULL;

    for (size_t i = 0; i < pipeline->payer_count; i++) {
        const struct pipeline_payer *payer = &pipeline->payers[i];
        if (is_late_payer(policy, payer) && (worst == NULL || payer->due_90_fen > worst->due_90_fen))
            worst = payer;
    }
    return worst;
}

/* Late payers are a reason where money that comes in decides: not where the product's maximum does. */
static void add_late_payer(const struct explained *explained, const struct decision_case *one, struct collection *reasons)
{
    const struct pipeline_payer *payer = worst_payer(explained->policy, &explained->decision->pipeline);
    bool by_receivables = is_bound_below_asked(explained, one)
                          && (one->limit.binding == LIMIT_RECEIVABLES || one->limit.binding == LIMIT_REPAYMENT_FLOOR);
    if (payer == NULL || !(by_receivables || one->floor_failed || one->grade_failed || is_amount_graded(one)))
        return;

    bool is_over_90 = payer->due_90_fen > 0;
    int64_t days = is_over_90 ? LATE_DAYS : explained->policy->pipeline.cross_ageing_days;
    struct value_text late = value_text_money(explained->arena, is_over_90 ? payer->due_90_fen : payer->aged_fen);
    struct value_text due = value_text_money(explained->arena, payer->due_fen);
    struct value_text value = {
        value_text_format(explained->arena, "到期未付%s，其中超过%" PRId64 "天%s", due.zh, days, late.zh),
        value_text_format(explained->arena, "%s due and unpaid, %s of it over %" PRId64 " days", due.en, late.en, days)};
    add(reasons, REASON_PAYER_LATE, named(explained->dossier->payers[payer->payer_index].name), value);
}

static void add_tenor(const struct explained *explained, struct collection *reasons)
{
    int32_t tenor_months = explained->decision->governing->tenor_months;
    if (tenor_months < explained->dossier->application.tenor_months)
        add(reasons, REASON_TENOR_SHORTENED, NO_SUBJECT,
            value_text_count(explained->arena, tenor_months, "个月", "months"));
}

/* ------------------------------------------------------------------ rows of the scorecard, in order of their weight */

/* A row and what it is ranked by. */
struct ranked {
    const struct scorecard_row *row;
    int64_t weight;
};

/* Heavier first, then by number, so that the policy's order does not matter. */
static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (int)a->row->id - (int)b->row->id;
}

typedef int64_t weight_of_row(const struct explained *, const struct scorecard_row *);

/* The rows of a positive weight, heaviest first; returns how many. */
static size_t rank_rows(const struct explained *explained, const struct scorecard_result *scorecard, weight_of_row *weight_of,
                        struct ranked ranked[static SCORECARD_ROWS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < scorecard->row_count; i++) {
        int64_t weight = weight_of(explained, &scorecard->rows[i]);
        if (weight > 0)
            ranked[count++] = (struct ranked){&scorecard->rows[i], weight};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    return count;
}

/* A value that is missing lost no points by being bad. */
static int64_t points_lost(const struct explained *explained, const struct scorecard_row *row)
{
    (void)explained;
    return row->bin < 0 ? 0 : row->points_max - row->points;
}

static int64_t points_at_stake(const struct explained *explained, const struct scorecard_row *row)
{
    (void)explained;
    return row->bin < 0 ? row->points_max - row->points : 0;
}

static int64_t points_of_strength(const struct explained *explained, const struct scorecard_row *row)
{
    int64_t wanted = money_mul_bp_ceil(row->points_max, explained->policy->decision.strength_share_bp);
    return row->bin >= 0 && row->points >= wanted ? row->points : 0;
}

static void add_points_lost(const struct explained *explained, const struct decision_case *one, struct collection *reasons)
{
    struct ranked ranked[SCORECARD_ROWS_MAX];
    size_t count = rank_rows(explained, &one->scorecard, points_lost, ranked);

    for (size_t i = 0; i < count; i++) {
        enum characteristic id = ranked[i].row->id;
        add(reasons, (enum reason_code)(LOST_BASE + (int)id), characteristic_subject(id),
            value_text_characteristic(explained->arena, id, ranked[i].row->value));
    }
    if (!one->facts.has_credit_history)
        add(reasons, REASON_THIN_FILE, NO_SUBJECT, NO_VALUE);
}

/* Did the score by itself keep the policy from approving? Only then are points lost a reason. */
static bool is_score_at_fault(const struct explained *explained, const struct decision_case *one)
{
    struct scorecard_grade alone;

    scorecard_grade(&one->scorecard, explained->policy, -1, &alone);
    bool by_score = one->grade.source == PD_SOURCE_SCORE;
    return alone.grade > explained->policy->decision.approve_grade_max || (is_amount_graded(one) && by_score);
}

/* A plain approval of what was asked, for as long as was asked, owes no reasons. */
static bool is_all_that_was_asked(const struct explained *explained)
{
    const struct decision *decision = explained->decision;
    return decision->outcome == OUTCOME_APPROVE && decision->limit_fen >= asked_fen(explained)
           && decision->governing->tenor_months >= explained->dossier->application.tenor_months;
}

/* Why not as asked: with conditions, why not as it stands. A hard stop decides alone; nothing else was weighed. */
static struct reason_list explain_shortfall(const struct explained *explained)
{
    const struct decision *decision = explained->decision;
    const struct decision_case *one = &decision->as_it_stands;
    struct collection reasons = collection_of(explained->arena, REASON_PRINCIPAL_MAX);

    if (decision->deferral != NULL)
        return explain_deferral(explained);
    if (is_all_that_was_asked(explained))
        return list_of(&reasons);
    add_stops(explained, &reasons);
    if (reasons.count > 0)
        return list_of(&reasons);
    add_missing(explained, &reasons);
    add_renewal(explained, &reasons);
    if (!is_bound_alike(explained))
        add_bound(explained, one, &reasons);
    add_bound(explained, decision->governing, &reasons);
    add_failures(explained, one, &reasons);
    add_late_payer(explained, one, &reasons);
    add_tenor(explained, &reasons);
    if (is_score_at_fault(explained, one) || reasons.count == 0)
        add_points_lost(explained, one, &reasons);
    return list_of(&reasons);
}

static struct reason_list explain_strengths(const struct explained *explained)
{
    struct collection strengths = collection_of(explained->arena, STRENGTHS_MAX);
    struct ranked ranked[SCORECARD_ROWS_MAX];
    size_t count = rank_rows(explained, &explained->decision->governing->scorecard, points_of_strength, ranked);

    for (size_t i = 0; i < count; i++) {
        enum characteristic id = ranked[i].row->id;
        add(&strengths, (enum reason_code)(STRENGTH_BASE + (int)id), characteristic_subject(id),
            value_text_characteristic(explained->arena, id, ranked[i].row->value));
    }
    return list_of(&strengths);
}

/* ------------------------------------------------------------------ conditions */

typedef bool is_concerned(const struct contract *);

static bool is_unlocked(const struct contract *contract)
{
    return !contract->security.account_locked;
}

static bool is_locked(const struct contract *contract)
{
    return contract->security.account_locked;
}

static bool is_unpledged(const struct contract *contract)
{
    return contract->security.pledge_registration[0] == '\0';
}

static bool is_unconfirmed(const struct contract *contract)
{
    return !contract->security.buyer_confirmed;
}

/* One condition on every sweepable contract that it concerns and that still brings money; none, no condition. */
static void add_contract_condition(const struct explained *explained, enum reason_code code, is_concerned *concerned,
                                   struct collection *conditions)
{
    const struct pipeline_result *pipeline = &explained->decision->pipeline;
    const char *ids = "";
    int64_t unpaid_fen = 0;
    size_t count = 0;

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        int64_t of_row_fen = row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;
        if (!row->is_sweepable || of_row_fen == 0 || !concerned(row->contract))
            continue;
        if (count < CONTRACTS_NAMED_MAX)
            ids = value_text_format(explained->arena, "%s%s%s", ids, count == 0 ? "" : ", ", row->contract->id);
        else if (count == CONTRACTS_NAMED_MAX)
            ids = value_text_format(explained->arena, "%s, ...", ids);
        unpaid_fen += of_row_fen;
        count++;
    }
    if (count == 0)
        return;
    struct value_text unpaid = value_text_money(explained->arena, unpaid_fen);
    struct value_text value = {value_text_format(explained->arena, "%zu份，未收%s", count, unpaid.zh),
                               value_text_format(explained->arena, "%zu of them, %s to come", count, unpaid.en)};
    add(conditions, code, named(ids), value);
}

static void add_lever(const struct explained *explained, enum policy_lever lever, struct collection *conditions)
{
    switch (lever) {
    case POLICY_LEVER_LOCK_ACCOUNTS:
        add_contract_condition(explained, REASON_LOCK_ACCOUNTS, is_unlocked, conditions);
        break;
    case POLICY_LEVER_REGISTER_PLEDGE:
        add_contract_condition(explained, REASON_REGISTER_PLEDGE, is_unpledged, conditions);
        break;
    case POLICY_LEVER_CONFIRM_BUYERS:
        add_contract_condition(explained, REASON_CONFIRM_BUYERS, is_unconfirmed, conditions);
        break;
    case POLICY_LEVER_NONE:
        break;
    }
}

static struct reason_list deferral_conditions(const struct explained *explained)
{
    const struct deferral_result *deferral = explained->decision->deferral;
    struct collection conditions = collection_of(explained->arena, 3);
    char until[DATE_TEXT_SIZE];

    if (!deferral->holds)
        return list_of(&conditions);
    if (deferral->treatment == DEFERRAL_RESTRUCTURING) {
        const char *day = value_text_format(explained->arena, "%s", date_format(deferral->observed_until, until));
        add(&conditions, REASON_DEFERRAL_IS_RESTRUCTURING, NO_SUBJECT, (struct value_text){day, day});
    }
    add(&conditions, REASON_DEFERRAL_INTEREST, NO_SUBJECT, NO_VALUE);
    add(&conditions, REASON_REPORT_MONTHLY, NO_SUBJECT, NO_VALUE);
    return list_of(&conditions);
}

static struct reason_list explain_conditions(const struct explained *explained)
{
    const struct decision_case *governing = explained->decision->governing;
    enum outcome outcome = explained->decision->outcome;
    struct collection conditions = collection_of(explained->arena, governing->lever_count + 4);

    if (explained->decision->deferral != NULL)
        return deferral_conditions(explained);
    if (outcome != OUTCOME_APPROVE && outcome != OUTCOME_APPROVE_WITH_CONDITIONS)
        return list_of(&conditions);
    for (size_t i = 0; i < governing->lever_count; i++)
        add_lever(explained, governing->levers[i], &conditions);
    add_contract_condition(explained, REASON_KEEP_ACCOUNTS_LOCKED, is_locked, &conditions);
    if (governing->tenor_months > explained->dossier->application.tenor_months)
        add(&conditions, REASON_TENOR_LENGTHENED, NO_SUBJECT,
            value_text_count(explained->arena, governing->tenor_months, "个月", "months"));
    add(&conditions, REASON_PAY_WAGES_DIRECTLY, NO_SUBJECT, NO_VALUE);
    add(&conditions, REASON_REPORT_MONTHLY, NO_SUBJECT, NO_VALUE);
    return list_of(&conditions);
}

/* ------------------------------------------------------------------ evidence needed */

/* The document that would tell; NONE where no document can. */
static const enum reason_code DOCUMENTS[CHARACTERISTIC_END] = {
    [CHARACTERISTIC_REMAINING_MONTHS] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_RENEWAL_RATE] = REASON_EVIDENCE_PAST_CONTRACTS,
    [CHARACTERISTIC_PAYER_CONCENTRATION] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_BUDGET_FUNDED] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_TIER_MIX] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_EXPECTED_DELAY] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_PAID_IN_60_DAYS] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_INSTALMENTS_ON_TIME] = REASON_EVIDENCE_REPAYMENT_RECORD,
    [CHARACTERISTIC_WORST_DAYS_PAST_DUE] = REASON_EVIDENCE_REPAYMENT_RECORD,
    [CHARACTERISTIC_SERVICE_EVALUATIONS] = REASON_EVIDENCE_EVALUATIONS,
    [CHARACTERISTIC_ORGANISATION_GRADE] = REASON_EVIDENCE_GRADE,
    [CHARACTERISTIC_LICENSED_SHARE] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_LICENSED_PER_STATION] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_INSPECTIONS] = REASON_EVIDENCE_INSPECTION,
    [CHARACTERISTIC_STAFF_GROWTH] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_CASH_MONTHS] = REASON_EVIDENCE_CASH,
    [CHARACTERISTIC_NET_ASSET_MONTHS] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_WAGES_PAYABLE] = REASON_EVIDENCE_WAGES,
    [CHARACTERISTIC_INCOME_TREND] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_PROFIT_MARGIN] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_LEVERAGE] = REASON_EVIDENCE_STATEMENT,
};

/* Two rules can be missing their paper; the others read what a dossier always has. */
static enum reason_code document_of_rule(enum eligibility_rule rule)
{
    return rule == ELIGIBILITY_PROFIT_MARGIN ? REASON_EVIDENCE_STATEMENT : REASON_EVIDENCE_INSPECTION;
}

static void add_rule_evidence(const struct explained *explained, struct collection *evidence)
{
    for (int rule = ELIGIBILITY_NONE + 1; rule < ELIGIBILITY_END; rule++) {
        const struct eligibility_finding *finding =
            find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding == NULL || finding->outcome != ELIGIBILITY_MISSING)
            continue;
        enum reason_code code = document_of_rule(finding->rule);
        if (!holds(evidence, code))
            add(evidence, code, rule_subject(finding->rule), (struct value_text){finding->value_zh, finding->value});
    }
}

/* A document on which points hang; several characteristics may wait for the same one. */
struct document {
    enum reason_code code;
    enum characteristic first; /* the heaviest of them */
    int64_t points;
};

static int compare_documents(const void *left, const void *right)
{
    const struct document *a = left;
    const struct document *b = right;
    if (a->points != b->points)
        return a->points > b->points ? -1 : 1;
    return (int)a->code - (int)b->code;
}

/* Without a loan there is no repayment record to ask for. */
static enum reason_code document_of_row(const struct decision_case *one, const struct scorecard_row *row)
{
    bool is_repayment = characteristic_dimension(row->id) == DIMENSION_REPAYMENT;
    return is_repayment && !one->facts.has_credit_history ? REASON_NONE : DOCUMENTS[row->id];
}

static size_t list_documents(const struct decision_case *one, const struct ranked *ranked, size_t count,
                             struct document documents[static SCORECARD_ROWS_MAX])
{
    size_t document_count = 0;

    for (size_t i = 0; i < count; i++) {
        enum reason_code code = document_of_row(one, ranked[i].row);
        size_t place = 0;
        if (code == REASON_NONE)
            continue;
        while (place < document_count && documents[place].code != code)
            place++;
        if (place == document_count)
            documents[document_count++] = (struct document){code, ranked[i].row->id, 0};
        documents[place].points += ranked[i].weight;
    }
    qsort(documents, document_count, sizeof *documents, compare_documents);
    return document_count;
}

static void add_missing_values(const struct explained *explained, struct collection *evidence)
{
    const struct decision_case *one = explained->decision->governing;
    struct ranked ranked[SCORECARD_ROWS_MAX];
    struct document documents[SCORECARD_ROWS_MAX];
    size_t count = rank_rows(explained, &one->scorecard, points_at_stake, ranked);
    size_t document_count = list_documents(one, ranked, count, documents);

    for (size_t i = 0; i < document_count; i++) {
        if (!holds(evidence, documents[i].code))
            add(evidence, documents[i].code, characteristic_subject(documents[i].first),
                value_text_count(explained->arena, documents[i].points, "分", "points"));
    }
}

static struct reason_list explain_evidence(const struct explained *explained)
{
    struct collection evidence = collection_of(explained->arena, EVIDENCE_MAX);

    if (explained->decision->deferral != NULL)
        return list_of(&evidence); /* it is decided by contracts and schedule, which the dossier always has */
    add_rule_evidence(explained, &evidence);
    if (explained->decision->outcome == OUTCOME_REFER)
        add_missing_values(explained, &evidence);
    return list_of(&evidence);
}

void reason_explain(const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                    struct decision *decision)
{
    const struct explained explained = {dossier, policy, arena, decision};

    decision->reasons = explain_shortfall(&explained);
    decision->strengths = explain_strengths(&explained);
    decision->conditions = explain_conditions(&explained);
    decision->evidence_needed = explain_evidence(&explained);
}
