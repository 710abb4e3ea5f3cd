/*
 * fuzz_notice.c - any bytes for a notice: it ends, and what it hands on has ids and amounts within their bounds.
 */
#include "tests/fuzz/fuzz.h"

#include "base/money.h"
#include "contracts/import/notice_reader.h"

#include <stdlib.h>
#include <string.h>

static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    (void)context;
    (void)err;
    if (fact->kind == FACT_CONTRACT && (fact->contract.id[0] == '\0' || strlen(fact->contract.id) > FACT_ID_SIZE_MAX))
        abort();
    if (fact->kind == FACT_CONTRACT && fact->contract.value.minor != FACT_MONEY_NONE
        && (fact->contract.value.minor <= 0 || fact->contract.value.minor > MONEY_FEN_MAX))
        abort();
    if (fact->kind == FACT_PAYER && (fact->payer.id[0] == '\0' || strlen(fact->payer.id) > FACT_ID_SIZE_MAX))
        abort();
    if (fact->kind == FACT_SECURITY && strlen(fact->security.account) > 4)
        abort();
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

/* What the corpus is about, as it may be known. */
static const struct notice_milestone MILESTONES[] = {{"m1", "第一季度", {18566}, {INT32_MIN}, {18000}}, {"m2", "", {INT32_MIN}, {18600}, {INT32_MIN}}};
static const struct notice_contract CONTRACTS[] = {
    {"c1", "深龙社购〔2020〕11号", "p1", 50000, {18931}, {18000}, CONTRACT_STAGE_PERFORMING, MILESTONES, 2},
    {"c2", "HT-1", "", FACT_MONEY_NONE, {INT32_MIN}, {INT32_MIN}, CONTRACT_STAGE_NONE, NULL, 0}};
static const struct notice_payer PAYERS[] = {{"p1", "龙岗区民政局"}};
static const struct notice_known KNOWN = {CONTRACTS, 2, PAYERS, 1};

static void read_notices(const uint8_t *data, size_t size, const struct notice_known *known)
{
    struct import_sink sink = {.take_fact = take_fact, .take_line = take_line};
    const struct notice_import import = {.organisation = "52440300MJL186084F", .organisation_name = "", .known = known, .sink = &sink};
    struct notice_summary summary;
    struct zcd_error err;

    FILE *file = fmemopen((void *)(uintptr_t)data, size, "rb");
    if (file == NULL)
        abort();
    if (notice_read(file, &import, &summary, &err) == ZCD_OK && summary.kept_count > summary.notice_count)
        abort();
    (void)fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    read_notices(data, size, NULL);
    read_notices(data, size, &KNOWN);
    return 0;
}

/* Bytes as they come. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
