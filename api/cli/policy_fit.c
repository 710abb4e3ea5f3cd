#include "api/cli/cli.h"

#include "api/codec/csv_table.h"
#include "api/codec/policy_fit_encode.h"
#include "api/file.h"
#include "api/flows/policy_fit.h"
#include "audit/sha256.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_SIZE_MAX = 64 << 20 };

#define COMMAND "policy fit"
static const char USAGE[] = "zcd policy fit DATA.csv [--target COLUMN] [--pdo POINTS] [--base-score POINTS] [--base-odds N:1] [--folds N] "
                            "[--seed N] [--out FILE]";

struct request {
    const char *file;
    const char *target;
    const char *out; /* NULL: no JSON is written */
    struct policy_fit_scale scale;
    size_t folds;
    uint64_t seed;
};

/* A whole number from least to most. */
static bool parse_whole(const char *text, unsigned long least, unsigned long most, unsigned long *value)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value >= least && *value <= most;
}

/* Goods to one bad: "50:1", or 50 by itself. */
static bool parse_odds(const char *text, unsigned long *goods)
{
    char number[16];
    size_t size = strcspn(text, ":");
    if (size >= sizeof number || (text[size] != '\0' && strcmp(text + size, ":1") != 0))
        return false;
    memcpy(number, text, size);
    number[size] = '\0';
    return parse_whole(number, 1, 1000000, goods);
}

static bool read_option(int option, const char *text, struct request *request)
{
    unsigned long value = 0;
    bool is_right = true;
    switch (option) {
    case 't':
        request->target = text;
        break;
    case 'w':
        request->out = text;
        break;
    case 'p':
        is_right = parse_whole(text, 1, 1000, &value);
        request->scale.pdo = (double)value;
        break;
    case 'b':
        is_right = parse_whole(text, 0, 100000, &value);
        request->scale.base_score = (double)value;
        break;
    case 'o':
        is_right = parse_odds(text, &value);
        request->scale.base_odds = (double)value;
        break;
    case 'f':
        is_right = parse_whole(text, 2, POLICY_FIT_FOLDS_MAX, &value);
        request->folds = value;
        break;
    case 's':
        is_right = parse_whole(text, 0, UINT32_MAX, &value);
        request->seed = value;
        break;
    default:
        return false;
    }
    return is_right;
}

/* By default the scale of the shipped policies: 600 points are 50 good ones to a bad one, 50 points more double that. */
static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"target", required_argument, NULL, 't'}, {"pdo", required_argument, NULL, 'p'},   {"base-score", required_argument, NULL, 'b'},
        {"base-odds", required_argument, NULL, 'o'}, {"folds", required_argument, NULL, 'f'}, {"seed", required_argument, NULL, 's'},
        {"out", required_argument, NULL, 'w'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.target = "bad", .scale = {600, 50, 50}, .folds = 5, .seed = 1};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (!read_option(option, optarg, request))
            return false;
    }
    if (optind + 1 != count)
        return false;
    request->file = words[optind];
    return true;
}

/* ------------------------------------------------------------------ for people */

static void print_bin(const struct policy_fit_characteristic *one, size_t number)
{
    const struct fit_bin *bin = &one->binning.bins[number];
    char label[64] = "缺失 missing";

    if (!bin->is_missing && one->binning.column->is_number)
        (void)snprintf(label, sizeof label, isfinite(bin->below) ? "< %.10g" : "其余 rest", bin->below);
    if (bin->category_count > 0)
        (void)snprintf(label, sizeof label, "%.40s%s", one->binning.column->categories[bin->categories[0]],
                       bin->category_count > 1 ? ", ..." : "");
    (void)printf("    %-28s %7zu %7zu %8.3f %7d\n", label, bin->goods, bin->bads, bin->woe, one->points[number]);
}

static void print_fit(const struct policy_fit *fit)
{
    (void)printf("好 good %zu，坏 bad %zu，基础分 base points %d\n", fit->goods, fit->bads, fit->base_points);
    for (size_t i = 0; i < fit->characteristic_count; i++) {
        const struct policy_fit_characteristic *one = &fit->characteristics[i];
        (void)printf("\n%s  IV %.3f  系数 coefficient %.3f\n    %-28s %7s %7s %8s %7s\n", one->binning.column->name, one->binning.iv,
                     one->coefficient, "bin", "good", "bad", "WOE", "points");
        for (size_t k = 0; k < one->binning.bin_count; k++)
            print_bin(one, k);
    }
    (void)printf("\n%-28s AUC %.4f  KS %.4f\n", "训练 training", fit->training.auc, fit->training.ks);
    (void)printf("%-28s AUC %.4f  KS %.4f  (%zu 折 folds, AUC %.4f – %.4f)\n", "交叉验证 cross-validated", fit->validated.auc,
                 fit->validated.ks, fit->folds, fit->auc_lowest, fit->auc_highest);
}

static enum zcd_code write_json(const struct request *request, const struct policy_fit *fit, struct bytes data, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    char digest[SHA256_TEXT_SIZE];
    struct sha256 sha256 = sha256_of(data);

    if (request->out == NULL)
        return ZCD_OK;
    enum zcd_code code = policy_fit_encode(fit, &request->scale, request->target, sha256_format(&sha256, digest), &json, err);
    if (code != ZCD_OK)
        return code;
    FILE *file = fopen(request->out, "wb");
    bool is_written = file != NULL && fwrite(json.data, 1, json.size, file) == json.size && fputc('\n', file) != EOF;
    is_written = (file == NULL || fclose(file) == 0) && is_written;
    return is_written ? ZCD_OK : zcd_fail(err, ZCD_UNAVAILABLE, "%.80s cannot be written", request->out);
}

int cli_policy_fit(int count, char **words)
{
    ZCD_AUTO(buffer_done)
    struct buffer data = {0};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct csv_table table;
    struct policy_fit fit;
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    enum zcd_code code = file_read(request.file, DATA_SIZE_MAX, &data, &err);
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);
    code = csv_table_read(buffer_bytes(&data), &arena, &table, &err);
    if (code == ZCD_OK)
        code = policy_fit_make(&table, request.target, &request.scale, request.folds, request.seed, &arena, &fit, &err);
    if (code == ZCD_OK)
        code = write_json(&request, &fit, buffer_bytes(&data), &err);
    if (code == ZCD_INVALID) {
        (void)cli_fail(COMMAND, &err);
        return CLI_REFUSED;
    }
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);
    print_fit(&fit);
    return cli_finish(COMMAND);
}
