#include "api/cli/cli.h"

#include "api/flows/policy_simulate.h"
#include "base/cleanup.h"
#include "base/money.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMAND "policy simulate"
static const char USAGE[] = "zcd policy simulate CHAMPION CHALLENGER FOLDER [--json] [--page FILE.html]";

struct request {
    const char *names[COMPARISON_SIDES]; /* of built-in policies, or else files */
    const char *folder;
    const char *page; /* NULL: none */
    bool as_json;
};

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"json", no_argument, NULL, 'j'}, {"page", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){0};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'j')
            request->as_json = true;
        else if (option == 'p')
            request->page = optarg;
        else
            return false;
    }
    if (optind + 3 != count)
        return false;
    request->names[COMPARISON_CHAMPION] = words[optind];
    request->names[COMPARISON_CHALLENGER] = words[optind + 1];
    request->folder = words[optind + 2];
    return true;
}

static enum zcd_code load_policy(const char *name, struct loaded_policy *policy, struct zcd_error *err)
{
    enum zcd_code code = loaded_policy_builtin(name, policy, err);
    return code == ZCD_NOT_FOUND ? loaded_policy_file(name, policy, err) : code;
}

static void tell_bad(const struct simulation_bad *bad)
{
    (void)fprintf(stderr, "%s: %s%s%s\n", bad->file, bad->pointer, bad->pointer[0] == '\0' ? "" : ": ", bad->message);
}

/* ------------------------------------------------------------------ for people */

static void print_lending(const char *name, const struct comparison_lending *lending)
{
    char lent[MONEY_TEXT_SIZE];
    char loss[MONEY_TEXT_SIZE];
    int64_t rate_bp = comparison_rate_bp(lending);

    (void)printf("%s  %" PRId64 "  CNY %s  ", name, lending->approved, money_format_yuan(lending->lent_fen, lent));
    if (rate_bp < 0)
        (void)printf("-");
    else
        (void)printf("%" PRId64 ".%02" PRId64 " %%", rate_bp / 100, rate_bp % 100);
    (void)printf("  CNY %s\n", money_format_yuan(lending->expected_loss_fen, loss));
}

static void print_summary(const struct simulation *simulation)
{
    const struct comparison_tally *total = &simulation->comparison.total;

    (void)printf("卷宗 dossiers: %" PRId64 "，无法读取 bad: %" PRId64 "\n", total->dossiers, simulation->bad_total);
    (void)printf("              同意 approved  金额 amount  平均利率 mean rate  预期损失 expected loss\n");
    print_lending("现行 champion  ", &total->lending[COMPARISON_CHAMPION]);
    print_lending("拟议 challenger", &total->lending[COMPARISON_CHALLENGER]);
    (void)printf("均同意 both %" PRId64 "，仅现行同意 only champion %" PRId64 "，仅拟议同意 only challenger %" PRId64
                 "，均不同意 neither %" PRId64 "\n",
                 total->swaps[COMPARISON_BOTH], total->swaps[COMPARISON_ONLY_CHAMPION],
                 total->swaps[COMPARISON_ONLY_CHALLENGER], total->swaps[COMPARISON_NEITHER]);
}

/* ------------------------------------------------------------------ the whole */

static enum zcd_code print_json(const struct simulation *simulation, const struct simulation_policy *policies,
                                struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    enum zcd_code code = simulation_encode(simulation, policies, &json, err);
    if (code == ZCD_OK)
        (void)printf("%s\n", (const char *)json.data);
    return code;
}

static enum zcd_code report(const struct request *request, const struct loaded_policy loaded[COMPARISON_SIDES],
                            const struct simulation *simulation, struct zcd_error *err)
{
    char digests[COMPARISON_SIDES][SHA256_TEXT_SIZE];
    struct simulation_policy policies[COMPARISON_SIDES];
    enum zcd_code code = ZCD_OK;

    for (int side = 0; side < COMPARISON_SIDES; side++)
        policies[side] =
            (struct simulation_policy){loaded[side].policy, sha256_format(&loaded[side].sha256, digests[side])};
    if (request->as_json)
        code = print_json(simulation, policies, err);
    else
        print_summary(simulation);
    return code;
}

static enum zcd_code run(const struct request *request, struct loaded_policy policies[COMPARISON_SIDES],
                         struct simulation *simulation, struct zcd_error *err)
{
    enum zcd_code code = load_policy(request->names[COMPARISON_CHAMPION], &policies[COMPARISON_CHAMPION], err);

    if (code == ZCD_OK)
        code = load_policy(request->names[COMPARISON_CHALLENGER], &policies[COMPARISON_CHALLENGER], err);
    if (code == ZCD_OK)
        code = policy_simulate(policies, request->folder, tell_bad, simulation, err);
    if (code == ZCD_OK)
        code = report(request, policies, simulation, err);
    return code;
}

int cli_policy_simulate(int count, char **words)
{
    struct loaded_policy policies[COMPARISON_SIDES] = {{.policy = NULL}, {.policy = NULL}};
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    struct simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL)
        return CLI_UNAVAILABLE;
    enum zcd_code code = run(&request, policies, simulation, &err);
    int status = code == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
    if (status == CLI_OK && simulation->bad_total > 0)
        status = CLI_REFUSED;
    policy_simulation_done(simulation);
    free(simulation);
    for (int side = 0; side < COMPARISON_SIDES; side++)
        loaded_policy_done(&policies[side]);
    return status;
}
