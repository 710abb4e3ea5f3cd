#include "api/cli/cli.h"

#include "api/codec/builtin_policies.h"
#include "api/codec/policy_review_encode.h"
#include "api/file.h"
#include "api/flows/policy_review.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { POLICY_SIZE_MAX = 1 << 20 };

#define COMMAND "policy"
static const char USAGE[] =
    "zcd policy check FILE|NAME [--json]\n"
    "       zcd policy simulate CHAMPION CHALLENGER FOLDER [--json] [--page FILE.html] [--threads N]\n"
    "       zcd policy fit DATA.csv [...]";

struct request {
    const char *name; /* of a built-in policy, or else a file */
    bool as_json;
};

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){0};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option != 'j')
            return false;
        request->as_json = true;
    }
    if (optind + 1 != count)
        return false;
    request->name = words[optind];
    return true;
}

static enum zcd_code read_document(const char *name, struct buffer *json, struct zcd_error *err)
{
    for (const struct builtin_policy *row = BUILTIN_POLICIES; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            buffer_append(json, row->data, row->size);
            return ZCD_OK;
        }
    }
    return file_read(name, POLICY_SIZE_MAX, json, err);
}

/* ------------------------------------------------------------------ for people */

static void print_head(const struct policy *policy)
{
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE] = "";

    (void)date_format(policy->effective_from, from);
    if (!date_is_none(policy->effective_to))
        (void)date_format(policy->effective_to, to);
    (void)printf("%s %s, %s – %s\n%s\n%s\n", policy->id, policy->version, from, to, policy->title.zh, policy->title.en);
}

static void print_finding(const struct policy_finding *finding)
{
    bool is_error = policy_rule_severity(finding->rule) == POLICY_SEVERITY_ERROR;
    const char *separator = finding->figures[0] == '\0' ? "" : ": ";

    (void)printf("%s %s [%s]\n  %s%s%s\n  %s%s%s\n", is_error ? "错误 error  " : "警告 warning", finding->pointer,
                 policy_rule_name(finding->rule), policy_rule_text_zh(finding->rule), separator, finding->figures,
                 policy_rule_text_en(finding->rule), separator, finding->figures);
}

static void print_review(const struct policy_review *review)
{
    const struct policy_findings *findings = &review->findings;
    char digest[SHA256_TEXT_SIZE];
    size_t found = findings->count + findings->left_out;

    if (review->policy != NULL)
        print_head(review->policy);
    if (review->has_digest)
        (void)printf("sha256 %s\n", sha256_format(&review->sha256, digest));
    for (size_t i = 0; i < findings->count; i++)
        print_finding(&findings->rows[i]);
    if (findings->left_out > 0)
        (void)printf("另有 %zu 项未列出。%zu more are not listed.\n", findings->left_out, findings->left_out);
    if (review->trial.edge_count > 0)
        (void)printf("检验案例 %zu 个，分箱边界取值 %zu 个。%zu test cases, %zu values around edges.\n",
                     review->trial.vector_count, review->trial.edge_count, review->trial.vector_count,
                     review->trial.edge_count);
    (void)printf("%s：%zu 项错误，%zu 项警告。%s: %zu errors, %zu warnings.\n",
                 review->policy != NULL ? "可以使用" : "不可使用", findings->error_count, found - findings->error_count,
                 review->policy != NULL ? "Accepted" : "Refused", findings->error_count, found - findings->error_count);
}

/* ------------------------------------------------------------------ check */

static enum zcd_code print_json(const struct policy_review *review, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    char digest[SHA256_TEXT_SIZE];

    enum zcd_code code =
        policy_review_encode(review->policy, review->has_digest ? sha256_format(&review->sha256, digest) : NULL,
                             &review->findings, &review->trial, &json, err);
    if (code == ZCD_OK)
        (void)printf("%s\n", (const char *)json.data);
    return code;
}

static int check(int count, char **words)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    ZCD_AUTO(policy_review_done)
    struct policy_review review = {0};
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    enum zcd_code code = read_document(request.name, &json, &err);
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);
    policy_review_run(buffer_bytes(&json), &review);
    if (request.as_json)
        code = print_json(&review, &err);
    else
        print_review(&review);
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);
    int status = cli_finish(COMMAND);
    return status != CLI_OK || review.policy != NULL ? status : CLI_REFUSED;
}

int cli_policy(int count, char **words)
{
    static const struct {
        const char *name;
        int (*run)(int count, char **words);
    } commands[] = {{"check", check}, {"simulate", cli_policy_simulate}, {"fit", cli_policy_fit}};

    for (size_t i = 0; count > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(words[1], commands[i].name) == 0)
            return commands[i].run(count - 1, words + 1);
    }
    return cli_usage(USAGE);
}
