#include "api/cli/cli.h"

#include "api/codec/simulation_page.h"
#include "api/flows/policy_simulate.h"
#include "base/cleanup.h"
#include "base/money.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND "policy simulate"
static const char USAGE[] = "zcd policy simulate CHAMPION CHALLENGER FOLDER [--json] [--page FILE.html] [--threads N]";

struct request {
    const char *names[COMPARISON_SIDES]; /* of built-in policies, or else files */
    const char *folder;
    const char *page; /* NULL: none */
    bool as_json;
    size_t threads;
};

static size_t processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    if (online < 1)
        return 1;
    return online < SIMULATION_THREADS_MAX ? (size_t)online : SIMULATION_THREADS_MAX;
}

static bool parse_threads(const char *text, size_t *threads)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '1' || text[0] > '9' || *end != '\0' || value > SIMULATION_THREADS_MAX)
        return false;
    *threads = value;
    return true;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"json", no_argument, NULL, 'j'},
                                            {"page", required_argument, NULL, 'p'},
                                            {"threads", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.threads = processors()};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'j')
            request->as_json = true;
        else if (option == 'p')
            request->page = optarg;
        else if (option == 't' && parse_threads(optarg, &request->threads))
            continue;
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

    (void)printf("案卷 dossiers: %" PRId64 "，无法读取 bad: %" PRId64 "\n", total->dossiers, simulation->bad_total);
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

/* CLI_CANNOT_WRITE where it cannot be written. */
static int write_page(const char *path, const struct simulation *simulation, const struct simulation_policy *policies)
{
    ZCD_AUTO(buffer_done)
    struct buffer html = {0};

    simulation_page(simulation, policies, &html);
    FILE *file = fopen(path, "wbe");
    bool is_written = file != NULL && fwrite(html.data, 1, html.size, file) == html.size;
    if (file != NULL && fclose(file) != 0)
        is_written = false;
    if (is_written)
        return CLI_OK;
    (void)fprintf(stderr, "zcd " COMMAND ": the page cannot be written: %s\n", strerror(errno));
    return CLI_CANNOT_WRITE;
}

/* Standard output first, then the page. */
static int report(const struct request *request, const struct loaded_policy loaded[COMPARISON_SIDES],
                  const struct simulation *simulation)
{
    char digests[COMPARISON_SIDES][SHA256_TEXT_SIZE];
    struct simulation_policy policies[COMPARISON_SIDES];
    struct zcd_error err;

    for (int side = 0; side < COMPARISON_SIDES; side++)
        policies[side] =
            (struct simulation_policy){loaded[side].policy, sha256_format(&loaded[side].sha256, digests[side])};
    if (!request->as_json)
        print_summary(simulation);
    else if (print_json(simulation, policies, &err) != ZCD_OK)
        return cli_fail(COMMAND, &err);
    int status = cli_finish(COMMAND);
    if (status == CLI_OK && request->page != NULL)
        status = write_page(request->page, simulation, policies);
    return status == CLI_OK && simulation->bad_total > 0 ? CLI_REFUSED : status;
}

static int run(const struct request *request, struct loaded_policy policies[COMPARISON_SIDES],
               struct simulation *simulation)
{
    struct zcd_error err;
    enum zcd_code code = load_policy(request->names[COMPARISON_CHAMPION], &policies[COMPARISON_CHAMPION], &err);

    if (code == ZCD_OK)
        code = load_policy(request->names[COMPARISON_CHALLENGER], &policies[COMPARISON_CHALLENGER], &err);
    if (code == ZCD_OK)
        code = policy_simulate(policies, request->folder, request->threads, tell_bad, simulation, &err);
    return code == ZCD_OK ? report(request, policies, simulation) : cli_fail(COMMAND, &err);
}

int cli_policy_simulate(int count, char **words)
{
    struct loaded_policy policies[COMPARISON_SIDES] = {{.policy = NULL}, {.policy = NULL}};
    struct request request;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    struct simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL)
        return CLI_UNAVAILABLE;
    int status = run(&request, policies, simulation);
    policy_simulation_done(simulation);
    free(simulation);
    for (int side = 0; side < COMPARISON_SIDES; side++)
        loaded_policy_done(&policies[side]);
    return status;
}
