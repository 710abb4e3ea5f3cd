#include "scoring/counterfactual.h"

#include "base/money.h"
#include "scoring/counterfactual_internal.h"
#include "scoring/decision_internal.h"
#include "scoring/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

const char *counterfactual_goal_name(enum counterfactual_goal goal)
{
    static const char *const NAMES[] = {[COUNTERFACTUAL_GOAL_APPROVAL] = "approval",
                                        [COUNTERFACTUAL_GOAL_FULL_AMOUNT] = "full_amount",
                                        [COUNTERFACTUAL_GOAL_NO_CONDITIONS] = "no_conditions"};
    assert(goal > COUNTERFACTUAL_GOAL_NONE && goal <= COUNTERFACTUAL_GOAL_NO_CONDITIONS);
    return NAMES[goal];
}

/* What is looked for, and what has been spent on it. */
struct search {
    struct counterfactual_case one;
    struct cashflow_workspace *workspace;
    enum counterfactual_goal goal;
    int64_t full_fen;         /* all that was asked, is needed and may be lent to one borrower */
    struct arena scratch;     /* of one run */
    bool has_paths;           /* the workspace holds the paths of the dossier as it is */
    int32_t runs;
    int32_t runs_max;
    bool is_cut_short;
    struct counterfactual *rows;
    size_t count;
    size_t room;
};

/* One lever or two, and what the engine decides with them. */
struct attempt {
    struct counterfactual_choice choices[COUNTERFACTUAL_STEPS_MAX];
    size_t count;
    struct counterfactual reached;
};

/* ------------------------------------------------------------------ the goal */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/*
 * Asked for, needed, and within what the product lends to one borrower, in whole steps. More than is needed is no goal: else
 * a larger need, say more staff, would look like the way to a larger loan.
 */
static int64_t useful_fen(const struct counterfactual_case *one, bool with_asked)
{
    const struct limit_result *limit = &one->decision->governing->limit;
    int64_t least_fen = one->policy->limit.product_max_fen;
    for (size_t i = 0; i < limit->bound_count; i++) {
        bool is_use = limit_bound_kind(limit->bounds[i].name) == LIMIT_USE;
        if (is_use && (with_asked || limit->bounds[i].name != LIMIT_ASKED))
            least_fen = smaller(least_fen, limit->bounds[i].amount_fen);
    }
    return money_round_down(least_fen, one->policy->limit.step_fen);
}

static bool has_goal(const struct search *search, enum counterfactual_goal goal)
{
    const struct decision *decision = search->one.decision;
    switch (goal) {
    case COUNTERFACTUAL_GOAL_APPROVAL:
        return decision->limit_fen == 0 && useful_fen(&search->one, false) >= search->one.policy->eligibility.amount_min_fen;
    case COUNTERFACTUAL_GOAL_FULL_AMOUNT:
        return decision->limit_fen > 0 && decision->limit_fen < search->full_fen;
    case COUNTERFACTUAL_GOAL_NO_CONDITIONS:
        return decision->with_conditions != NULL &&
               (search->one.policy->counterfactual.relax_conditions || decision->limit_fen < search->full_fen);
    case COUNTERFACTUAL_GOAL_NONE:
        break;
    }
    return false;
}

static int64_t asked_fen(const struct search *search, const struct dossier *dossier)
{
    return money_round_down(dossier->application.amount_fen, search->one.policy->limit.step_fen);
}

static bool is_reached(const struct search *search, const struct dossier *changed, const struct decision *decision)
{
    switch (search->goal) {
    case COUNTERFACTUAL_GOAL_APPROVAL:
        return decision->limit_fen > 0;
    case COUNTERFACTUAL_GOAL_FULL_AMOUNT:
        return decision->limit_fen >= search->full_fen;
    case COUNTERFACTUAL_GOAL_NO_CONDITIONS:
        return decision->outcome == OUTCOME_APPROVE &&
               decision->limit_fen >= smaller(search->one.decision->limit_fen, asked_fen(search, changed));
    case COUNTERFACTUAL_GOAL_NONE:
        break;
    }
    return false;
}

/* ------------------------------------------------------------------ one run */

static void keep(const struct decision *decision, enum counterfactual_goal goal, struct counterfactual *reached)
{
    const struct decision_case *governing = decision->governing;
    *reached = (struct counterfactual){.goal = goal, .has_conditions = decision->outcome == OUTCOME_APPROVE_WITH_CONDITIONS,
                                       .limit_fen = decision->limit_fen, .grade = governing->grade.grade,
                                       .tenor_months = governing->tenor_months, .rate_bp = governing->price.rate_bp,
                                       .has_rate = governing->price.has_lpr};
}

/* Rules of eligibility cost next to nothing: what still stops the case, or leaves it open, needs no run. */
static bool is_barred(struct search *search, const struct dossier *changed)
{
    struct eligibility_result eligibility;
    eligibility_walk(changed, search->one.policy, search->one.decision->as_of, &search->scratch, &eligibility);
    return eligibility.stop_count > 0 || eligibility.missing_count > 0;
}

/* Moves nothing that the simulation reads, so that its paths are those of the dossier as it is. */
static bool keeps_paths(enum counterfactual_lever lever)
{
    switch (lever) {
    case COUNTERFACTUAL_ASK_AMOUNT:
    case COUNTERFACTUAL_ASK_TENOR:
    case COUNTERFACTUAL_REGISTER_PLEDGE:
    case COUNTERFACTUAL_CONFIRM_BUYERS:
        return true;
    case COUNTERFACTUAL_LOCK_ACCOUNTS:
    case COUNTERFACTUAL_COLLECT_RECEIVABLES:
    case COUNTERFACTUAL_SIGN_AWARDED:
    case COUNTERFACTUAL_CLEAR_WAGES:
    case COUNTERFACTUAL_CLEAR_INSTALMENTS:
    case COUNTERFACTUAL_HIRE_LICENSED:
    case COUNTERFACTUAL_ACCEPT_WORK:
    case COUNTERFACTUAL_NONE:
    case COUNTERFACTUAL_END:
        break;
    }
    return false;
}

static bool attempt_keeps_paths(const struct attempt *attempt)
{
    bool keeps = true;
    for (size_t i = 0; i < attempt->count; i++)
        keeps = keeps && keeps_paths(attempt->choices[i].options->lever->lever);
    return keeps;
}

static struct dossier change(struct search *search, const struct attempt *attempt)
{
    struct dossier changed = *search->one.dossier;
    arena_reset(&search->scratch);
    for (size_t i = 0; i < attempt->count; i++)
        counterfactual_apply(&search->one, &attempt->choices[i], &changed, &search->scratch, NULL);
    return changed;
}

/*
 * By the amounts alone. More conditions never give less, so all of them tell what any of them could; and a case that gets as much
 * without them as with them, or all it asks for, is decided without.
 */
static bool would_reach(const struct search *search, const struct dossier *changed, struct decision_probe *probe)
{
    const size_t levers = search->one.policy->decision.lever_count;
    if (search->goal != COUNTERFACTUAL_GOAL_NO_CONDITIONS) {
        int64_t wanted_fen = search->goal == COUNTERFACTUAL_GOAL_FULL_AMOUNT ? search->full_fen : 1;
        return decision_probe_approved_fen(probe, levers) >= wanted_fen;
    }
    int64_t approved_fen = decision_probe_approved_fen(probe, 0);
    if (approved_fen < smaller(search->one.decision->limit_fen, asked_fen(search, changed)))
        return false;
    return approved_fen >= asked_fen(search, changed) || decision_probe_approved_fen(probe, levers) <= approved_fen;
}

/* Would the engine, on the dossier so changed, decide what is looked for? */
static bool succeeds(struct search *search, const struct attempt *attempt)
{
    const struct counterfactual_case *one = &search->one;
    const struct dossier changed = change(search, attempt);
    const bool keeps = attempt_keeps_paths(attempt);
    struct decision_probe probe;

    if (is_barred(search, &changed))
        return false;
    if (search->runs >= search->runs_max) {
        search->is_cut_short = true;
        return false;
    }
    search->runs++;
    decision_probe_init(&probe, &changed, one->policy, one->decision->as_of,
                        keeps && search->has_paths ? &one->decision->cashflow : NULL, search->workspace, &search->scratch);
    search->has_paths = keeps;
    return would_reach(search, &changed, &probe);
}

/* The whole engine on the dossier so changed: what it decides is what is told. */
static bool is_confirmed(struct search *search, struct attempt *attempt)
{
    const struct counterfactual_case *one = &search->one;
    const struct dossier changed = change(search, attempt);
    struct decision decision;

    search->runs++;
    scoring_decide_once(&changed, one->policy, one->decision->as_of, search->workspace, &search->scratch, &decision);
    search->has_paths = attempt_keeps_paths(attempt);
    keep(&decision, search->goal, &attempt->reached);
    return is_reached(search, &changed, &decision);
}

/* ------------------------------------------------------------------ the smallest size */

/* The same with the last lever at that size. */
static bool succeeds_at(struct search *search, struct attempt *attempt, size_t lever, size_t size)
{
    struct attempt trial = *attempt;
    trial.choices[lever].size = size;
    if (!succeeds(search, &trial))
        return false;
    *attempt = trial;
    return true;
}

/* Between a size that falls short and the attempt's, which succeeds. */
static void bisect(struct search *search, struct attempt *attempt, size_t lever, size_t short_size)
{
    while (attempt->choices[lever].size - short_size > 1) {
        size_t middle = short_size + (attempt->choices[lever].size - short_size) / 2;
        if (!succeeds_at(search, attempt, lever, middle))
            short_size = middle;
    }
}

/* What the candidates before the last one add nothing to is left out, the first of them first. */
static void leave_out(struct search *search, struct attempt *attempt, size_t lever)
{
    if (attempt->choices[lever].options->candidates == NULL)
        return;
    for (size_t i = 0; i + 1 < attempt->choices[lever].size; i++) {
        struct attempt trial = *attempt;
        trial.choices[lever].left_out |= UINT32_C(1) << i;
        if (succeeds(search, &trial))
            *attempt = trial;
    }
}

/* Alternatives one by one; else sizes 1, 2, 4 ... until one succeeds, or at once all where more never hurts. */
static bool grow(struct search *search, struct attempt *attempt, size_t lever)
{
    const struct counterfactual_options *options = attempt->choices[lever].options;
    size_t short_size = 0;
    size_t size = options->never_hurts ? options->count : 1;

    while (!succeeds_at(search, attempt, lever, size)) {
        if (size == options->count || search->is_cut_short)
            return false;
        short_size = size;
        size = options->alternatives != NULL ? size + 1 : (size_t)smaller(2 * (int64_t)size, (int64_t)options->count);
    }
    if (options->alternatives == NULL)
        bisect(search, attempt, lever, short_size);
    leave_out(search, attempt, lever);
    return true;
}

/* ------------------------------------------------------------------ telling */

/* "c1, c4" of what is chosen; the amounts are added up, and the last of the days is the one that counts. */
struct gathered {
    const char *names;
    size_t count;
    int64_t amount_fen;
    struct date by;
    struct date likely;
};

static struct date later(struct date a, struct date b)
{
    return date_compare(a, b) > 0 ? a : b;
}

static struct gathered gather(struct arena *arena, const struct counterfactual_choice *choice)
{
    struct gathered all = {.names = "", .by = DATE_NONE, .likely = DATE_NONE};
    bool is_told = true;
    for (size_t i = 0; i < choice->size && choice->options->candidates != NULL; i++) {
        const struct counterfactual_candidate *candidate = &choice->options->candidates[i];
        if (!counterfactual_is_chosen(choice, i))
            continue;
        all.names = value_text_format(arena, "%s%s%s", all.names, all.count > 0 ? ", " : "", candidate->name);
        all.count++;
        all.amount_fen += candidate->amount_fen;
        is_told = is_told && !date_is_none(candidate->by);
        all.by = later(all.by, candidate->by);
        all.likely = later(all.likely, candidate->likely);
    }
    if (!is_told)
        all.by = all.likely = DATE_NONE;
    return all;
}

static struct value_text value_of(struct arena *arena, const struct counterfactual_choice *choice, const struct gathered *all)
{
    switch (choice->options->lever->lever) {
    case COUNTERFACTUAL_ASK_TENOR:
        return value_text_count(arena, counterfactual_value(choice), "个月", "months");
    case COUNTERFACTUAL_LOCK_ACCOUNTS:
    case COUNTERFACTUAL_REGISTER_PLEDGE:
    case COUNTERFACTUAL_CONFIRM_BUYERS:
        return value_text_count(arena, (int64_t)all->count, "份合同", "contracts");
    case COUNTERFACTUAL_COLLECT_RECEIVABLES:
    case COUNTERFACTUAL_SIGN_AWARDED:
    case COUNTERFACTUAL_CLEAR_INSTALMENTS:
    case COUNTERFACTUAL_ACCEPT_WORK:
        return value_text_money(arena, all->amount_fen);
    case COUNTERFACTUAL_HIRE_LICENSED:
        return (struct value_text){value_text_format(arena, "%" PRId64 "名", counterfactual_value(choice)),
                                   value_text_format(arena, "%" PRId64, counterfactual_value(choice))};
    case COUNTERFACTUAL_ASK_AMOUNT:
    case COUNTERFACTUAL_CLEAR_WAGES:
    case COUNTERFACTUAL_NONE:
    case COUNTERFACTUAL_END:
        break;
    }
    return value_text_money(arena, counterfactual_value(choice));
}

/* Facts of two and a half rows at most for each candidate, and those of the organisation. */
static size_t facts_max(const struct counterfactual_choice *choice)
{
    return 8 + (choice->options->candidates != NULL ? 3 * choice->size : 0);
}

static void tell_step(const struct search *search, const struct counterfactual_choice *choice, struct dossier *changed,
                      struct counterfactual_step *step)
{
    struct arena *arena = search->one.arena;
    const enum counterfactual_lever lever = choice->options->lever->lever;
    const struct gathered all = gather(arena, choice);
    const struct value_text value = value_of(arena, choice, &all);
    struct counterfactual_record record = {arena, ARENA_NEW(arena, struct counterfactual_fact, facts_max(choice)), 0, facts_max(choice)};

    counterfactual_apply(&search->one, choice, changed, arena, &record);
    *step = (struct counterfactual_step){.lever = lever, .facts = record.facts, .fact_count = record.count, .by = all.by, .likely = all.likely,
        .text_zh = value_text_fill(arena, counterfactual_lever_text_zh(lever), all.names, value.zh),
        .text_en = value_text_fill(arena, counterfactual_lever_text_en(lever), all.names, value.en)};
}

/* Keep an answer, if the whole engine agrees. */
static bool add(struct search *search, struct attempt *attempt)
{
    struct dossier changed = *search->one.dossier;
    if (!is_confirmed(search, attempt))
        return false;
    assert(search->count < search->room);
    struct counterfactual *row = &search->rows[search->count++];
    *row = attempt->reached;
    row->is_smallest = !search->is_cut_short;
    row->step_count = attempt->count;
    for (size_t i = 0; i < attempt->count; i++)
        tell_step(search, &attempt->choices[i], &changed, &row->steps[i]);
    return true;
}

/* ------------------------------------------------------------------ which levers */

/* Taken as met already, as a condition the lender may demand. */
static bool is_condition(const struct search *search, enum counterfactual_lever lever)
{
    static const enum policy_lever CONDITIONS[COUNTERFACTUAL_END] = {[COUNTERFACTUAL_LOCK_ACCOUNTS] = POLICY_LEVER_LOCK_ACCOUNTS,
                                                                     [COUNTERFACTUAL_REGISTER_PLEDGE] = POLICY_LEVER_REGISTER_PLEDGE,
                                                                     [COUNTERFACTUAL_CONFIRM_BUYERS] = POLICY_LEVER_CONFIRM_BUYERS};
    const struct policy_decision *policy = &search->one.policy->decision;
    for (size_t i = 0; i < policy->lever_count && search->goal != COUNTERFACTUAL_GOAL_NO_CONDITIONS; i++) {
        if (policy->levers[i] == CONDITIONS[lever])
            return true;
    }
    return false;
}

/* Moves nothing but the points of the scorecard: no help where the bounds already are below the goal. */
static bool is_scored_only(enum counterfactual_lever lever)
{
    return lever == COUNTERFACTUAL_CLEAR_WAGES || lever == COUNTERFACTUAL_HIRE_LICENSED;
}

static bool is_bound_below_goal(const struct search *search)
{
    const struct decision *decision = search->one.decision;
    if (search->goal == COUNTERFACTUAL_GOAL_NO_CONDITIONS)
        return decision->as_it_stands.limit.capacity_fen < decision->limit_fen;
    int64_t wanted_fen = search->goal == COUNTERFACTUAL_GOAL_APPROVAL ? search->one.policy->eligibility.amount_min_fen : search->full_fen;
    return decision->capacity_fen < wanted_fen;
}

static size_t list_all_options(const struct search *search, struct counterfactual_options options[static COUNTERFACTUAL_END])
{
    const struct policy_counterfactual *policy = &search->one.policy->counterfactual;
    size_t count = 0;
    for (size_t i = 0; i < policy->lever_count; i++) {
        bool is_open = !is_condition(search, policy->levers[i].lever);
        count += is_open && counterfactual_list_options(&search->one, &policy->levers[i], &options[count]) ? 1 : 0;
    }
    return count;
}

/* ------------------------------------------------------------------ one lever, then two */

static void search_singles(struct search *search, const struct counterfactual_options *options, size_t count)
{
    const bool is_bound = is_bound_below_goal(search);
    for (size_t i = 0; i < count && !search->is_cut_short; i++) {
        struct attempt attempt = {.choices = {{&options[i], 0, 0}}, .count = 1};
        if (is_bound && is_scored_only(options[i].lever->lever))
            continue;
        if (grow(search, &attempt, 0))
            (void)add(search, &attempt);
    }
}

/* The second at its largest while the first grows, then the second down to what is needed beside the first. */
static bool search_pair(struct search *search, const struct counterfactual_options *first, const struct counterfactual_options *second)
{
    struct attempt attempt = {.choices = {{first, first->count, 0}, {second, second->count, 0}}, .count = 2};
    if (first->alternatives != NULL || second->alternatives != NULL || !succeeds(search, &attempt))
        return false;
    bisect(search, &attempt, 0, 0);
    leave_out(search, &attempt, 0);
    bisect(search, &attempt, 1, 0);
    leave_out(search, &attempt, 1);
    return add(search, &attempt);
}

static void search_pairs(struct search *search, const struct counterfactual_options *options, size_t count)
{
    const bool is_bound = is_bound_below_goal(search);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && !search->is_cut_short; j++) {
            bool is_hopeless = is_bound && is_scored_only(options[i].lever->lever) && is_scored_only(options[j].lever->lever);
            if (!is_hopeless && search_pair(search, &options[i], &options[j]))
                return;
        }
    }
}

static void search_goal(struct search *search, enum counterfactual_goal goal)
{
    struct counterfactual_options options[COUNTERFACTUAL_END];
    const size_t before = search->count;

    search->goal = goal;
    size_t count = list_all_options(search, options);
    search_singles(search, options, count);
    if (search->count == before && search->one.policy->counterfactual.with_pairs)
        search_pairs(search, options, count);
}

/* ------------------------------------------------------------------ public */

static int32_t runs_max(const struct dossier *dossier, const struct policy_counterfactual *policy)
{
    int64_t milestones = 1;
    for (size_t i = 0; i < dossier->contract_count; i++)
        milestones += (int64_t)dossier->contracts[i].milestone_count;
    int64_t runs = smaller(policy->runs_max, policy->milestone_runs_max / milestones);
    return runs < 1 ? 1 : (int32_t)runs;
}

void counterfactual_search(const struct dossier *dossier, const struct policy *policy, struct cashflow_workspace *workspace,
                           struct arena *arena, struct decision *decision)
{
    const size_t room = 2 * policy->counterfactual.lever_count; /* two goals */
    struct search search = {.one = {dossier, policy, decision, arena}, .workspace = workspace, .has_paths = true, .room = room};
    struct counterfactual_list *list = &decision->counterfactuals;

    *list = (struct counterfactual_list){.is_complete = true};
    if (decision->deferral != NULL)
        return; /* it says itself how many months would be enough, and lends nothing */
    search.full_fen = useful_fen(&search.one, true);
    for (enum counterfactual_goal goal = COUNTERFACTUAL_GOAL_APPROVAL; goal <= COUNTERFACTUAL_GOAL_NO_CONDITIONS; goal++) {
        if (room == 0 || !has_goal(&search, goal))
            continue;
        if (!list->was_searched) {
            list->was_searched = true;
            search.rows = ARENA_NEW(arena, struct counterfactual, room);
            search.runs_max = runs_max(dossier, &policy->counterfactual);
        }
        search_goal(&search, goal);
    }
    list->rows = search.rows;
    list->count = search.count;
    list->is_complete = !search.is_cut_short;
    list->runs = search.runs;
    arena_done(&search.scratch);
}
