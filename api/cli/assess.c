#include "api/cli/cli.h"

#include "api/codec/problem.h"
#include "api/file.h"
#include "api/flows/decide.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { DOSSIER_SIZE_MAX = 8 << 20 };

#define COMMAND "assess"
static const char USAGE[] = "zcd assess FILE [--policy FILE|NAME] [--as-of YYYY-MM-DD]";

struct request {
    const char *file; /* "-" is standard input */
    const char *policy;
    struct date as_of;
};

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"policy", required_argument, NULL, 'p'}, {"as-of", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
    struct zcd_error err;
    int option;

    *request = (struct request){.policy = "zhengcaidai", .as_of = DATE_NONE};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'p')
            request->policy = optarg;
        else if (option != 'd' || date_parse(optarg, &request->as_of, &err) != ZCD_OK)
            return false;
    }
    if (optind + 1 != count)
        return false;
    request->file = words[optind];
    return true;
}

/* The one problem document that a caller reads from standard error. */
static int refuse(const struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    const struct problem problem = {.status = 422, .detail = err->message, .error = err};

    problem_encode(&problem, false, &json);
    (void)fprintf(stderr, "%s\n", (const char *)json.data);
    return CLI_REFUSED;
}

/* A name of a built-in policy, or else a file. */
static enum zcd_code load_policy(const char *name, struct loaded_policy *policy, struct zcd_error *err)
{
    enum zcd_code code = loaded_policy_builtin(name, policy, err);
    return code == ZCD_NOT_FOUND ? loaded_policy_file(name, policy, err) : code;
}

static enum zcd_code print_decision(struct bytes dossier, const struct loaded_policy *policy, struct date as_of,
                                    struct arena *arena, struct zcd_error *err)
{
    struct decided decided;
    struct cashflow_workspace *workspace = cashflow_workspace_new();

    enum zcd_code code = decide(dossier, policy, as_of, workspace, arena, &decided, err);
    if (code == ZCD_OK) {
        (void)fwrite(decided.document.data, 1, decided.document.size, stdout);
        (void)putchar('\n');
    }
    cashflow_workspace_free(workspace);
    return code;
}

int cli_assess(int count, char **words)
{
    ZCD_AUTO(buffer_done)
    struct buffer dossier = {0};
    ZCD_AUTO(loaded_policy_done)
    struct loaded_policy policy = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0}; /* of the errors too */
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    enum zcd_code code = load_policy(request.policy, &policy, &err);
    if (code == ZCD_OK)
        code = file_read(request.file, DOSSIER_SIZE_MAX, &dossier, &err);
    if (code == ZCD_OK)
        code = print_decision(buffer_bytes(&dossier), &policy, request.as_of, &arena, &err);
    if (code == ZCD_INVALID)
        return refuse(&err);
    return code == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
