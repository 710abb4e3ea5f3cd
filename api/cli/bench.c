#include "api/cli/cli.h"

#include "api/codec/dossier_decode.h"
#include "api/file.h"
#include "api/flows/policy.h"
#include "base/cleanup.h"
#include "base/money.h"
#include "scoring/decision.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DOSSIER_SIZE_MAX = 8 << 20, RUNS_MAX = 1000000, SCORECARDS_A_RUN = 1000 };

#define COMMAND "bench"
static const char USAGE[] = "zcd bench decide|counterfactuals|scorecard FILE [--policy FILE|NAME] [--runs N]\n"
                            "       zcd bench generate N DIR [--seed S]";

struct request {
    const char *file;
    const char *policy;
    size_t runs; /* 0: as many as the measurement takes by default */
};

/* What is measured, over and over. */
struct subject {
    const struct dossier *dossier;
    const struct policy *policy;
    struct cashflow_workspace *workspace;
    struct decision decision; /* of the first run, whose case the scorecard scores */
};

struct measurement {
    const char *name;
    void (*run)(struct subject *subject);
    size_t evaluations; /* in one run */
    size_t runs;
};

static bool parse_runs(const char *text, size_t *runs)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (text[0] < '1' || text[0] > '9' || *end != '\0' || value > RUNS_MAX)
        return false;
    *runs = (size_t)value;
    return true;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"policy", required_argument, NULL, 'p'}, {"runs", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.policy = "zhengcaidai"};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'p')
            request->policy = optarg;
        else if (option != 'r' || !parse_runs(optarg, &request->runs))
            return false;
    }
    if (optind + 1 != count)
        return false;
    request->file = words[optind];
    return true;
}

/* One run of the engine. */
static void run_decide(struct subject *subject)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct decision decision;

    scoring_decide_once(subject->dossier, subject->policy, subject->dossier->as_of, subject->workspace, &arena, &decision);
}

/* The whole, with the search for what would turn the decision. */
static void run_counterfactuals(struct subject *subject)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct decision decision;

    scoring_decide(subject->dossier, subject->policy, subject->dossier->as_of, subject->workspace, &arena, &decision);
}

/* The trace of every characteristic and both lenses, as a decision has them. */
static void run_scorecard(struct subject *subject)
{
    const struct decision_case *one = subject->decision.governing;
    const struct policy_repayment *floor = &subject->policy->repayment;
    int64_t repaid_ppm = one->repayment.repaid_ppm[floor->floor_with_renewals][floor->floor_within_90_days];
    struct scorecard_result result;
    struct scorecard_grade grade;

    for (int64_t i = 0; i < SCORECARDS_A_RUN; i++) {
        scorecard_evaluate(&one->facts, subject->policy, one->amount_fen + i, &result);
        scorecard_grade(&result, subject->policy, MONEY_PPM_ONE - repaid_ppm, &grade);
    }
}

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* Thousandths of a microsecond for each evaluation, as a decimal number. */
static void print_us(const char *name, int64_t ns, size_t evaluations)
{
    int64_t thousandths = ns / (int64_t)evaluations;

    (void)printf("\"%s\":%" PRId64 ".%03" PRId64 ",", name, thousandths / 1000, thousandths % 1000);
}

static void print(const struct measurement *measurement, const int64_t *ns)
{
    int64_t total_ns = 0;

    for (size_t i = 0; i < measurement->runs; i++)
        total_ns += ns[i];
    (void)printf("{\"bench\":\"%s\",", measurement->name);
    print_us("median_us", ns[measurement->runs / 2], measurement->evaluations);
    print_us("p99_us", ns[measurement->runs * 99 / 100], measurement->evaluations);
    (void)printf("\"per_second\":%" PRId64 ",\"runs\":%zu}\n",
                 (int64_t)(measurement->runs * measurement->evaluations) * 1000000000 / total_ns, measurement->runs);
}

static int measure(const struct measurement *measurement, struct subject *subject)
{
    int64_t *ns = calloc(measurement->runs, sizeof *ns);

    if (ns == NULL)
        return CLI_UNAVAILABLE;
    measurement->run(subject); /* once unmeasured: caches, pages */
    for (size_t i = 0; i < measurement->runs; i++) {
        int64_t start_ns = now_ns();
        measurement->run(subject);
        ns[i] = now_ns() - start_ns;
    }
    qsort(ns, measurement->runs, sizeof *ns, compare_times);
    print(measurement, ns);
    free(ns);
    return cli_finish(COMMAND);
}

static enum zcd_code load_policy(const char *name, struct loaded_policy *policy, struct zcd_error *err)
{
    enum zcd_code code = loaded_policy_builtin(name, policy, err);
    return code == ZCD_NOT_FOUND ? loaded_policy_file(name, policy, err) : code;
}

static int bench_dossier(const struct request *request, struct measurement measurement)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    ZCD_AUTO(loaded_policy_done)
    struct loaded_policy policy = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct subject subject = {0};
    struct zcd_error err;

    enum zcd_code code = load_policy(request->policy, &policy, &err);
    if (code == ZCD_OK)
        code = file_read(request->file, DOSSIER_SIZE_MAX, &json, &err);
    if (code == ZCD_OK)
        code = dossier_decode(buffer_bytes(&json), &arena, &subject.dossier, &err);
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);

    subject.policy = policy.policy;
    subject.workspace = cashflow_workspace_new();
    scoring_decide(subject.dossier, subject.policy, subject.dossier->as_of, subject.workspace, &arena, &subject.decision);
    measurement.runs = request->runs > 0 ? request->runs : measurement.runs;
    int status = measure(&measurement, &subject);
    cashflow_workspace_free(subject.workspace);
    return status;
}

int cli_bench(int count, char **words)
{
    static const struct measurement MEASUREMENTS[] = {{"decide", run_decide, 1, 1000},
                                                      {"counterfactuals", run_counterfactuals, 1, 100},
                                                      {"scorecard", run_scorecard, SCORECARDS_A_RUN, 500}};
    struct request request;

    if (count > 1 && strcmp(words[1], "generate") == 0)
        return cli_bench_generate(count - 1, words + 1);
    for (size_t i = 0; count > 1 && i < sizeof MEASUREMENTS / sizeof *MEASUREMENTS; i++) {
        if (strcmp(words[1], MEASUREMENTS[i].name) == 0)
            return read_request(count - 1, words + 1, &request) ? bench_dossier(&request, MEASUREMENTS[i]) : cli_usage(USAGE);
    }
    return cli_usage(USAGE);
}
