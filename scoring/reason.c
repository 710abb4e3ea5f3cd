#include "scoring/reason.h"

#include "base/money.h"
#include "scoring/reason_internal.h"

#include <inttypes.h>

#define STRENGTHS_MAX 5
#define LATE_DAYS 90

/* ------------------------------------------------------------------ principal reasons */

/* In the order of reason_codes.def, whatever the order in which the policy walks. */
static void add_stops(const struct reason_explained *explained, struct reason_collection *reasons)
{
    for (size_t place = 0; place < reason_code_count(); place++) {
        int rule = (int)reason_code_at(place) - REASON_STOP_BASE;
        if (rule <= ELIGIBILITY_NONE || rule >= ELIGIBILITY_END)
            continue;
        const struct eligibility_finding *finding =
            reason_find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding != NULL && finding->outcome == ELIGIBILITY_STOP)
            reason_collection_add(reasons, reason_code_at(place), reason_rule_subject(finding->rule), (struct value_text){finding->value_zh, finding->value});
    }
}

static void add_missing(const struct reason_explained *explained, struct reason_collection *reasons)
{
    for (int rule = ELIGIBILITY_NONE + 1; rule < ELIGIBILITY_END; rule++) {
        const struct eligibility_finding *finding =
            reason_find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding != NULL && finding->outcome == ELIGIBILITY_MISSING)
            reason_collection_add(reasons, REASON_EVIDENCE_MISSING, reason_rule_subject(finding->rule),
                (struct value_text){finding->value_zh, finding->value});
    }
}

/* In the list's order, which puts the engine's own answer last: bound, floor and grade tell more of it. */
static void add_renewal(const struct reason_explained *explained, struct reason_collection *reasons)
{
    const struct renewal_result *renewal = explained->decision->renewal;

    for (size_t place = 0; renewal != NULL && place < reason_code_count(); place++) {
        for (size_t i = 0; i < renewal->finding_count; i++) {
            const struct renewal_finding *finding = &renewal->findings[i];
            bool is_row = reason_code_at(place) == (enum reason_code)(REASON_RENEWAL_BASE + (int)finding->rule);
            if (is_row && finding->outcome >= RENEWAL_WAITING)
                reason_collection_add(reasons, reason_code_at(place), reason_subject(renewal_rule_name(finding->rule)), finding->value);
        }
    }
}

static struct reason_list explain_deferral(const struct reason_explained *explained)
{
    const struct deferral_result *deferral = explained->decision->deferral;
    struct reason_collection reasons = reason_collection_of(explained->arena, REASON_PRINCIPAL_MAX);

    for (size_t i = 0; i < deferral->finding_count; i++) {
        const struct deferral_finding *finding = &deferral->findings[i];
        if (!finding->passes)
            reason_collection_add(&reasons, (enum reason_code)(REASON_DEFERRAL_BASE + (int)finding->rule), reason_subject(deferral_rule_name(finding->rule)),
                finding->value);
    }
    return reason_collection_list(&reasons);
}

static int64_t asked_fen(const struct reason_explained *explained)
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

static bool is_bound_below_asked(const struct reason_explained *explained, const struct decision_case *one)
{
    return one->limit.limit_fen < asked_fen(explained) && one->limit.binding != LIMIT_NONE;
}

/* Where the repayment floor binds and has failed at the amount shown too, the failed floor says it better. */
static void add_bound(const struct reason_explained *explained, const struct decision_case *one, struct reason_collection *reasons)
{
    bool is_told_by_floor = one->limit.binding == LIMIT_REPAYMENT_FLOOR && one->floor_failed;
    if (!is_bound_below_asked(explained, one) || is_told_by_floor)
        return;
    enum reason_code code = (enum reason_code)(REASON_BOUND_BASE + (int)one->limit.binding);
    int64_t amount_fen = bound_fen(&one->limit, one->limit.binding);
    if (!reason_collection_holds(reasons, code))
        reason_collection_add(reasons, code, reason_subject(limit_bound_json(one->limit.binding)), value_text_money(explained->arena, amount_fen));
}

/* The same bound holds the amount down with the conditions as without: only the figure with them is of use. */
static bool is_bound_alike(const struct reason_explained *explained)
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

static struct value_text floor_value(const struct reason_explained *explained, const struct decision_case *one)
{
    const struct policy_repayment *policy = &explained->policy->repayment;
    int32_t repaid_ppm = one->repayment.repaid_ppm[policy->floor_with_renewals][policy->floor_within_90_days];
    struct value_text repaid = value_text_ppm(explained->arena, repaid_ppm);
    struct value_text least = value_text_ppm(explained->arena, policy->floor_ppm);
    return (struct value_text){value_text_format(explained->arena, "%s，下限%s", repaid.zh, least.zh),
                               value_text_format(explained->arena, "%s, at least %s wanted", repaid.en, least.en)};
}

static struct value_text grade_value(const struct reason_explained *explained, const struct decision_case *one)
{
    int64_t wanted = explained->policy->decision.approve_grade_max;
    return (struct value_text){
        value_text_format(explained->arena, "%" PRId32 "级，通过须在%" PRId64 "级以内", one->grade.grade, wanted),
        value_text_format(explained->arena, "grade %" PRId32 ", %" PRId64 " or better wanted", one->grade.grade, wanted)};
}

/* The failed floor or the governing lens: both tell of the same simulation, so one is enough. */
static void add_failures(const struct reason_explained *explained, const struct decision_case *one, struct reason_collection *reasons)
{
    bool by_lens = one->grade.source == PD_SOURCE_REPAYMENT;

    if (one->floor_failed)
        reason_collection_add(reasons, REASON_FLOOR_FAILED, REASON_NO_SUBJECT, floor_value(explained, one));
    if (one->grade_failed && by_lens && !one->floor_failed)
        reason_collection_add(reasons, REASON_LENS_GOVERNS, REASON_NO_SUBJECT, grade_value(explained, one));
    if (one->grade_failed && !by_lens)
        reason_collection_add(reasons, REASON_GRADE_FAILED, REASON_NO_SUBJECT, grade_value(explained, one));
    if (is_amount_graded(one))
        reason_collection_add(reasons, REASON_AMOUNT_GRADED, REASON_NO_SUBJECT, value_text_money(explained->arena, one->approved_fen));
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
static void add_late_payer(const struct reason_explained *explained, const struct decision_case *one, struct reason_collection *reasons)
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
    reason_collection_add(reasons, REASON_PAYER_LATE, reason_subject(explained->dossier->payers[payer->payer_index].name), value);
}

static void add_tenor(const struct reason_explained *explained, struct reason_collection *reasons)
{
    int32_t tenor_months = explained->decision->governing->tenor_months;
    if (tenor_months < explained->dossier->application.tenor_months)
        reason_collection_add(reasons, REASON_TENOR_SHORTENED, REASON_NO_SUBJECT,
            value_text_count(explained->arena, tenor_months, "个月", "months"));
}

/* ------------------------------------------------------------------ rows of the scorecard, in order of their weight */

/* A value that is missing lost no points by being bad. */
static int64_t points_lost(const struct reason_explained *explained, const struct scorecard_row *row)
{
    (void)explained;
    return row->bin < 0 ? 0 : row->points_max - row->points;
}

static int64_t points_of_strength(const struct reason_explained *explained, const struct scorecard_row *row)
{
    int64_t wanted = money_mul_bp_ceil(row->points_max, explained->policy->decision.strength_share_bp);
    return row->bin >= 0 && row->points >= wanted ? row->points : 0;
}

static void add_points_lost(const struct reason_explained *explained, const struct decision_case *one, struct reason_collection *reasons)
{
    struct reason_ranked ranked[SCORECARD_ROWS_MAX];
    size_t count = reason_rank_rows(explained, &one->scorecard, points_lost, ranked);

    for (size_t i = 0; i < count; i++) {
        enum characteristic id = ranked[i].row->id;
        reason_collection_add(reasons, (enum reason_code)(REASON_LOST_BASE + (int)id), reason_characteristic_subject(id),
            value_text_characteristic(explained->arena, id, ranked[i].row->value));
    }
    if (!one->facts.has_credit_history)
        reason_collection_add(reasons, REASON_THIN_FILE, REASON_NO_SUBJECT, REASON_NO_VALUE);
}

/* Did the score by itself keep the policy from approving? Only then are points lost a reason. */
static bool is_score_at_fault(const struct reason_explained *explained, const struct decision_case *one)
{
    struct scorecard_grade alone;

    scorecard_grade(&one->scorecard, explained->policy, -1, &alone);
    bool by_score = one->grade.source == PD_SOURCE_SCORE;
    return alone.grade > explained->policy->decision.approve_grade_max || (is_amount_graded(one) && by_score);
}

/* A plain approval of what was asked, for as long as was asked, owes no reasons. */
static bool is_all_that_was_asked(const struct reason_explained *explained)
{
    const struct decision *decision = explained->decision;
    return decision->outcome == OUTCOME_APPROVE && decision->limit_fen >= asked_fen(explained)
           && decision->governing->tenor_months >= explained->dossier->application.tenor_months;
}

/* Why not as asked: with conditions, why not as it stands. A hard stop decides alone; nothing else was weighed. */
static struct reason_list explain_shortfall(const struct reason_explained *explained)
{
    const struct decision *decision = explained->decision;
    const struct decision_case *one = &decision->as_it_stands;
    struct reason_collection reasons = reason_collection_of(explained->arena, REASON_PRINCIPAL_MAX);

    if (decision->deferral != NULL)
        return explain_deferral(explained);
    if (is_all_that_was_asked(explained))
        return reason_collection_list(&reasons);
    add_stops(explained, &reasons);
    if (reasons.count > 0)
        return reason_collection_list(&reasons);
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
    return reason_collection_list(&reasons);
}

static struct reason_list explain_strengths(const struct reason_explained *explained)
{
    struct reason_collection strengths = reason_collection_of(explained->arena, STRENGTHS_MAX);
    struct reason_ranked ranked[SCORECARD_ROWS_MAX];
    size_t count = reason_rank_rows(explained, &explained->decision->governing->scorecard, points_of_strength, ranked);

    for (size_t i = 0; i < count; i++) {
        enum characteristic id = ranked[i].row->id;
        reason_collection_add(&strengths, (enum reason_code)(REASON_STRENGTH_BASE + (int)id), reason_characteristic_subject(id),
            value_text_characteristic(explained->arena, id, ranked[i].row->value));
    }
    return reason_collection_list(&strengths);
}

void reason_explain(const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                    struct decision *decision)
{
    const struct reason_explained explained = {dossier, policy, arena, decision};

    decision->reasons = explain_shortfall(&explained);
    decision->strengths = explain_strengths(&explained);
    decision->conditions = reason_explain_conditions(&explained);
    decision->evidence_needed = reason_explain_evidence(&explained);
}
