/*
 * properties.c - every property of property.c, tried on generated dossiers, whole decisions in one process.
 *
 *     properties [--count N] [--first K] [--seed S] [--only NAME] [--threads T] [--least L]
 *
 * For each dossier and each property: decide, change one thing, decide again, compare. Prints for each property how many pairs
 * were made, how many of them say something (the base case was approved and a bound moved, or what else fits the property), and
 * how many broke it. A broken pair is shrunk: contracts, milestones, facilities, evidence are taken out and amounts are
 * rounded while it stays broken; the smallest dossier is printed. Exit status 1 when a pair broke, or when fewer than L pairs of a
 * property say something. The last property is of the engine itself: T threads at once decide as one does.
 */
#include "api/codec/dossier_encode.h"
#include "api/flows/policy.h"
#include "base/cleanup.h"
#include "generator/world.h"
#include "tests/lib/dossier_copy.h"
#include "tests/scoring/property.h"

#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHRINK_LUCKS = 6, SHRINK_DECISIONS_MAX = 6000, THREADS_MAX = 16, THREAD_DOSSIERS = 60 };

struct run {
    uint64_t seed;
    uint32_t first, count;
    const char *only;
    size_t threads, least;
    const struct policy *policy;
};

struct tally {
    size_t pairs, telling, broken;
};

/* One thread's own share of the dossiers. */
struct worker {
    const struct run *run;
    size_t index;
    struct cashflow_workspace *workspace;
    struct tally tallies[16];
    size_t decisions;
};

static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

/* ------------------------------------------------------------------ one pair */

static void decide(struct worker *worker, const struct dossier *dossier, const struct policy *policy, struct arena *arena,
                   struct property_side *side)
{
    struct decision *decision = ARENA_NEW(arena, struct decision, 1);

    scoring_decide_once(dossier, policy, dossier->as_of, worker->workspace, arena, decision);
    *side = (struct property_side){dossier, policy, decision};
    worker->decisions++;
}

enum verdict { NOT_MADE, HELD, BROKEN };

/* Try one property on one dossier that is decided on already. */
static enum verdict try_pair(struct worker *worker, const struct property *property, const struct property_side *before, int luck,
                             struct arena *arena, bool *is_telling, char message[PROPERTY_MESSAGE_SIZE])
{
    struct chance_seed seed = chance_seed_of((uint64_t)luck, 0);
    struct chance chance = chance_of(&seed, property->name, before->dossier->organisation.uscc.text);
    struct policy *policy = ARENA_NEW(arena, struct policy, 1);
    struct property_change change = {&chance, before, dossier_copy(before->dossier, arena), policy, arena};
    struct property_side after;
    struct zcd_error err;

    *policy = *before->policy;
    if (!property->make(&change) || dossier_check(change.dossier, &err) != ZCD_OK)
        return NOT_MADE;
    decide(worker, change.dossier, policy, arena, &after);
    *is_telling = property->says_something(before, &after);
    return property->holds(before, &after, message) ? HELD : BROKEN;
}

/* ------------------------------------------------------------------ shrinking */

/* Is the property broken for this dossier, for some luck? */
static bool is_broken(struct worker *worker, const struct property *property, const struct dossier *dossier, char message[PROPERTY_MESSAGE_SIZE])
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct property_side before;
    struct zcd_error err;
    bool is_telling;

    if (dossier_check(dossier, &err) != ZCD_OK)
        return false;
    decide(worker, dossier, worker->run->policy, &arena, &before);
    for (int luck = 0; luck < SHRINK_LUCKS; luck++) {
        if (try_pair(worker, property, &before, luck, &arena, &is_telling, message) == BROKEN)
            return true;
    }
    return false;
}

/* One way of making a dossier smaller. */
struct shrink_step {
    bool (*take)(struct dossier *dossier, size_t number); /* false where there is no step of that number */
    bool moves_up; /* once it is taken, the next step has its number */
};

static bool drop_contract(struct dossier *dossier, size_t number)
{
    if (number >= dossier->contract_count)
        return false;
    dossier_remove_contract(dossier, number);
    return true;
}

static bool drop_facility(struct dossier *dossier, size_t number)
{
    if (number >= dossier->facility_count)
        return false;
    dossier_remove_facility(dossier, number);
    return true;
}

static bool drop_milestone(struct dossier *dossier, size_t number)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        if (number < dossier->contracts[i].milestone_count) {
            dossier_remove_milestone(dossier, i, number);
            return true;
        }
        number -= dossier->contracts[i].milestone_count;
    }
    return false;
}

static bool drop_evidence(struct dossier *dossier, size_t number)
{
    struct organisation *organisation = &dossier->organisation;
    size_t *counts[] = {&dossier->payer_experience_count, &dossier->linked_resource_count, &organisation->statement_count,
                        &organisation->staff_count, &organisation->list_count, &organisation->service_evaluation_count};

    if (number >= sizeof counts / sizeof *counts)
        return false;
    *counts[number] = 0;
    return true;
}

/* Round to two leading digits. */
static int64_t rounded(int64_t amount_fen)
{
    int64_t unit = 1;

    while (amount_fen / unit >= 100)
        unit *= 10;
    return amount_fen == DOSSIER_FEN_NONE ? amount_fen : amount_fen / unit * unit;
}

static bool round_amounts(struct dossier *dossier, size_t number)
{
    struct organisation *organisation = &dossier->organisation;

    if (number >= 5 + dossier->contract_count)
        return false;
    if (number < 5) {
        int64_t *amounts[] = {&organisation->cash_fen, &organisation->payroll_month_fen, &organisation->other_costs_month_fen,
                              &organisation->restricted_cash_fen, &dossier->application.amount_fen};
        *amounts[number] = rounded(*amounts[number]);
        return true;
    }
    struct contract *contract = &dossier->contracts[number - 5];
    contract->value_fen = contract->unscheduled_fen;
    for (size_t i = 0; i < contract->milestone_count; i++) {
        struct milestone *milestone = &copied_milestones(contract)[i];
        bool is_paid = milestone->payment_count == 1 && milestone->payments[0].amount_fen == milestone->amount_fen;
        milestone->amount_fen = rounded(milestone->amount_fen);
        if (is_paid)
            copied_payments(milestone)[0].amount_fen = milestone->amount_fen;
        contract->value_fen += milestone->amount_fen;
    }
    return true;
}

/* Take every step of one kind that leaves the property broken; true when one that takes something out was taken. */
static bool shrink_by(struct worker *worker, const struct property *property, const struct shrink_step *step,
                      const struct dossier **dossier, struct arena *arena, size_t decisions_max)
{
    char message[PROPERTY_MESSAGE_SIZE];
    bool any = false;
    size_t number = 0;

    while (worker->decisions < decisions_max) {
        struct dossier *smaller = dossier_copy(*dossier, arena);
        if (!step->take(smaller, number))
            break;
        bool taken = is_broken(worker, property, smaller, message);
        *dossier = taken ? smaller : *dossier;
        any = any || (taken && step->moves_up);
        number += taken && step->moves_up ? 0 : 1;
    }
    return any;
}

static const struct dossier *shrink(struct worker *worker, const struct property *property, const struct dossier *dossier, struct arena *arena)
{
    static const struct shrink_step STEPS[] = {{drop_contract, true}, {drop_facility, true}, {drop_milestone, true},
                                               {drop_evidence, false}, {round_amounts, false}};
    size_t decisions_max = worker->decisions + SHRINK_DECISIONS_MAX;
    bool again = true;

    while (again && worker->decisions < decisions_max) {
        again = false;
        for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
            again = shrink_by(worker, property, &STEPS[i], &dossier, arena, decisions_max) || again;
    }
    return dossier;
}

static void report_broken(struct worker *worker, const struct property *property, uint32_t number, const struct dossier *dossier,
                          const char *first_message)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    char message[PROPERTY_MESSAGE_SIZE] = "";
    struct zcd_error err;

    const struct dossier *smallest = shrink(worker, property, dossier, &arena);
    bool still = is_broken(worker, property, smallest, message);
    if (dossier_encode(smallest, &json, &err) != ZCD_OK)
        buffer_append_text(&json, "(cannot be written)");
    (void)pthread_mutex_lock(&printing);
    (void)printf("BROKEN %s: dossier %u: %s\n  smallest: %s\n  %s\n", property->name, (unsigned)number, first_message,
                 still ? message : "(only under the first luck)", (const char *)json.data);
    (void)fflush(stdout);
    (void)pthread_mutex_unlock(&printing);
}

/* ------------------------------------------------------------------ all pairs */

static void try_property(struct worker *worker, size_t index, uint32_t number, const struct property_side *before, struct arena *arena)
{
    char message[PROPERTY_MESSAGE_SIZE] = "";
    struct tally *tally = &worker->tallies[index];
    bool is_telling = false;
    enum verdict verdict = try_pair(worker, &PROPERTIES[index], before, 0, arena, &is_telling, message);

    if (verdict == NOT_MADE)
        return;
    tally->pairs++;
    tally->telling += is_telling;
    if (verdict == BROKEN && tally->broken++ == 0)
        report_broken(worker, &PROPERTIES[index], number, before->dossier, message);
}

static void try_dossier(struct worker *worker, uint32_t number)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct property_side before;
    struct world world;

    world_generate(worker->run->seed, number, &arena, &world);
    decide(worker, world.dossier, worker->run->policy, &arena, &before);
    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        if (worker->run->only == NULL || strcmp(worker->run->only, PROPERTIES[i].name) == 0)
            try_property(worker, i, number, &before, &arena);
    }
}

static void *work(void *context)
{
    struct worker *worker = context;
    const struct run *run = worker->run;

    worker->workspace = cashflow_workspace_new();
    for (uint32_t i = (uint32_t)worker->index; i < run->count; i += (uint32_t)run->threads)
        try_dossier(worker, run->first + i);
    cashflow_workspace_free(worker->workspace);
    return NULL;
}

static bool print_tallies(const struct run *run, const struct worker *workers)
{
    bool all_hold = true;

    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        struct tally sum = {0};
        for (size_t j = 0; j < run->threads; j++) {
            sum.pairs += workers[j].tallies[i].pairs;
            sum.telling += workers[j].tallies[i].telling;
            sum.broken += workers[j].tallies[i].broken;
        }
        if (run->only != NULL && strcmp(run->only, PROPERTIES[i].name) != 0)
            continue;
        bool holds = sum.broken == 0 && sum.telling >= run->least;
        (void)printf("%s: %s: %zu pairs, %zu of them telling, %zu broken\n", holds ? "ok" : "FAILED", PROPERTIES[i].sentence, sum.pairs,
                     sum.telling, sum.broken);
        all_hold = all_hold && holds;
    }
    return all_hold;
}

static bool try_all(const struct run *run)
{
    struct worker *workers = calloc(run->threads, sizeof *workers);
    pthread_t threads[THREADS_MAX];
    size_t started = 0;

    for (; workers != NULL && started < run->threads; started++) {
        workers[started] = (struct worker){.run = run, .index = started};
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0)
            break;
    }
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    bool all_hold = started == run->threads && print_tallies(run, workers);
    free(workers);
    return all_hold;
}

/* ------------------------------------------------------------------ one thread and many */

/* Every thread decides the same dossiers; the documents are compared with those of the first. */
struct twin {
    const struct run *run;
    struct buffer documents;
};

static void *decide_in_turn(void *context)
{
    struct twin *twin = context;
    struct worker worker = {.run = twin->run, .workspace = cashflow_workspace_new()};

    for (uint32_t i = 0; i < THREAD_DOSSIERS && i < twin->run->count; i++) {
        struct arena arena = {0};
        struct property_side side;
        struct world world;

        world_generate(twin->run->seed, twin->run->first + i, &arena, &world);
        decide(&worker, world.dossier, twin->run->policy, &arena, &side);
        property_write_decision(&side, &twin->documents);
        arena_done(&arena);
    }
    cashflow_workspace_free(worker.workspace);
    return NULL;
}

static bool threads_agree(const struct run *run)
{
    struct twin twins[4] = {{run, {0}}, {run, {0}}, {run, {0}}, {run, {0}}};
    pthread_t threads[4];
    bool agree = true;

    (void)decide_in_turn(&twins[0]); /* alone */
    for (size_t i = 1; i < 4; i++)
        agree = pthread_create(&threads[i], NULL, decide_in_turn, &twins[i]) == 0 && agree;
    for (size_t i = 1; i < 4 && agree; i++)
        (void)pthread_join(threads[i], NULL);
    for (size_t i = 1; i < 4; i++)
        agree = agree && bytes_equal(buffer_bytes(&twins[0].documents), buffer_bytes(&twins[i].documents));
    for (size_t i = 0; i < 4; i++)
        buffer_done(&twins[i].documents);
    (void)printf("%s: one thread and three at once give the same bytes: %u dossiers\n", agree ? "ok" : "FAILED",
                 (unsigned)(run->count < THREAD_DOSSIERS ? run->count : THREAD_DOSSIERS));
    return agree;
}

/* ------------------------------------------------------------------ command line */

static uint64_t number_of(const char *text)
{
    return strtoull(text, NULL, 10);
}

static bool read_run(int count, char **words, struct run *run)
{
    static const struct option OPTIONS[] = {{"count", required_argument, NULL, 'c'},   {"first", required_argument, NULL, 'f'},
                                            {"seed", required_argument, NULL, 's'},    {"only", required_argument, NULL, 'o'},
                                            {"threads", required_argument, NULL, 't'}, {"least", required_argument, NULL, 'l'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *run = (struct run){.seed = 1, .first = 1, .count = 2000, .threads = 2};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'c':
            run->count = (uint32_t)number_of(optarg);
            break;
        case 'f':
            run->first = (uint32_t)number_of(optarg);
            break;
        case 's':
            run->seed = number_of(optarg);
            break;
        case 'o':
            run->only = optarg;
            break;
        case 't':
            run->threads = (size_t)number_of(optarg);
            break;
        case 'l':
            run->least = (size_t)number_of(optarg);
            break;
        default:
            return false;
        }
    }
    return optind == count && run->count > 0 && run->threads >= 1 && run->threads <= THREADS_MAX;
}

int main(int count, char **words)
{
    ZCD_AUTO(loaded_policy_done)
    struct loaded_policy policy = {0};
    struct zcd_error err;
    struct run run;

    if (!read_run(count, words, &run)) {
        (void)fputs("usage: properties [--count N] [--first K] [--seed S] [--only NAME] [--threads T] [--least L]\n", stderr);
        return 64;
    }
    if (loaded_policy_builtin("zhengcaidai", &policy, &err) != ZCD_OK) {
        (void)fprintf(stderr, "%s: %s\n", err.pointer, err.message);
        return 1;
    }
    run.policy = policy.policy;
    bool all_hold = try_all(&run);
    all_hold = threads_agree(&run) && all_hold;
    return all_hold ? 0 : 1;
}
