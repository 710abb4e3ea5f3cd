/*
 * fuzz_statement.c - any bytes for a bank statement: it ends, within its memory, and every part of a receipt adds up.
 */
#include "tests/fuzz/fuzz.h"

#include "contracts/import/statement_import.h"

#include <stdlib.h>
#include <string.h>

static const char *const NAMES[] = {"龙岗区民政局", "甲"};
static const struct receivable MILESTONES[] = {
    {"c1", "m1", "HT-2020-1", NAMES, 2, {18566}, {INT32_MIN}, 50000, NULL, 0},
    {"c1", "m2", "HT-2020-1", NAMES, 2, {18596}, {INT32_MIN}, 50000, NULL, 0},
    {"c2", "m1", "HT-2020-12", NAMES, 1, {18566}, {INT32_MIN}, 70000, NULL, 0},
};

/* What went to each milestone. */
static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    int64_t *taken_fen = context;

    (void)err;
    if (fact->kind != FACT_PAYMENT)
        return ZCD_OK;
    for (size_t i = 0; i < sizeof MILESTONES / sizeof *MILESTONES; i++) {
        if (strcmp(MILESTONES[i].contract, fact->payment.contract) == 0 && strcmp(MILESTONES[i].milestone, fact->payment.milestone) == 0)
            taken_fen[i] += fact->payment.amount.minor;
    }
    return ZCD_OK;
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    (void)context;
    (void)err;
    if (line->rule[0] == '\0' || line->zh[0] == '\0' || line->en[0] == '\0')
        abort();
    return ZCD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t taken_fen[3] = {0};
    struct import_sink sink = {.take_fact = take_fact, .take_line = take_line, .context = taken_fen};
    struct statement_import import = {.organisation = "52440300MJL186084F", .receivables = MILESTONES, .receivable_count = 3, .sink = &sink};
    struct statement_import_summary summary;
    struct arena arena = {0};
    struct zcd_error err;

    if (size == 0)
        return 0;
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "rb");
    if (file == NULL || statement_profile_load(NULL, &arena, &import.profiles, &import.profile_count, &err) != ZCD_OK)
        abort();
    if (statement_import_read(file, &import, &arena, &summary, &err) == ZCD_OK) {
        int64_t sum_fen = 0;
        for (size_t i = 0; i < 3; i++) {
            if (taken_fen[i] < 0 || taken_fen[i] > MILESTONES[i].open_fen)
                abort();
            sum_fen += taken_fen[i];
        }
        if (sum_fen != summary.matched_fen)
            abort();
    }
    (void)fclose(file);
    arena_done(&arena);
    return 0;
}

/* Bytes as they come: a table has no structure that they would break. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
