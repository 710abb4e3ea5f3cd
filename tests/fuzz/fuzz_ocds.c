/* Any bytes as a file of procurement data: read to the end, every fact within its bounds, every line with its texts. */
#include "tests/fuzz/fuzz.h"

#include "contracts/import/currency.h"
#include "contracts/import/ocds_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (false)

static void check_id(const char *id, size_t size_min)
{
    MUST(strlen(id) >= size_min && strlen(id) <= 64);
    for (; *id != '\0'; id++)
        MUST(*id > 0x20 && *id < 0x7F);
}

static void check_money(const struct fact_money *money)
{
    MUST(money->minor == FACT_MONEY_NONE || (money->minor >= 0 && money->minor <= CURRENCY_MINOR_MAX));
    MUST((money->minor == FACT_MONEY_NONE) == (money->currency[0] == '\0'));
}

static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    (void)context;
    (void)err;
    check_id(fact->organisation, 1);
    if (fact->kind == FACT_CONTRACT) {
        check_id(fact->contract.id, 1);
        check_id(fact->contract.payer, 0);
        check_money(&fact->contract.value);
        MUST(strlen(fact->contract.title) <= 500 && strlen(fact->contract.shared_with) <= 2000);
        MUST(fact->contract.shared_with[0] == '\0' || fact->contract.value.minor == FACT_MONEY_NONE);
    } else if (fact->kind == FACT_MILESTONE) {
        check_id(fact->milestone.id, 1);
        check_money(&fact->milestone.amount);
        check_money(&fact->milestone.deducted);
    } else if (fact->kind == FACT_PAYMENT) {
        check_id(fact->payment.id, 1);
        check_id(fact->payment.milestone, 0);
        check_money(&fact->payment.amount);
        MUST(fact->payment.amount.minor > 0);
    }
    return ZCD_OK;
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    (void)context;
    (void)err;
    MUST(line->rule[0] != '\0' && line->zh[0] != '\0' && line->en[0] != '\0' && strlen(line->value) <= 80);
    return ZCD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct import_sink sink = {.take_fact = take_fact, .take_line = take_line};
    struct ocds_coverage coverage;
    struct zcd_error err;
    FILE *file = size == 0 ? NULL : fmemopen((void *)(uintptr_t)data, size, "rb");

    if (file == NULL)
        return 0;
    MUST(ocds_read(file, &(struct ocds_wanted){NULL, NULL, 0}, &sink, &coverage, &err) == ZCD_OK);
    (void)fclose(file);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
