#include "scoring/reason_internal.h"

#include <stdlib.h>

struct reason_subject reason_subject(const char *name)
{
    return (struct reason_subject){name, {name, name}};
}

struct reason_collection reason_collection_of(struct arena *arena, size_t room)
{
    return (struct reason_collection){arena, ARENA_NEW(arena, struct reason, room), 0, room};
}

bool reason_collection_holds(const struct reason_collection *reasons, enum reason_code code)
{
    for (size_t i = 0; i < reasons->count; i++) {
        if (reasons->rows[i].code == code)
            return true;
    }
    return false;
}

void reason_collection_add(struct reason_collection *reasons, enum reason_code code, struct reason_subject subject,
                           struct value_text value)
{
    if (reasons->count == reasons->room)
        return;
    reasons->rows[reasons->count++] = (struct reason){
        .code = code,
        .subject = subject.name,
        .value = value.en,
        .text_zh = value_text_fill(reasons->arena, reason_code_text_zh(code), subject.text.zh, value.zh),
        .text_en = value_text_fill(reasons->arena, reason_code_text_en(code), subject.text.en, value.en),
    };
}

struct reason_list reason_collection_list(const struct reason_collection *reasons)
{
    return (struct reason_list){reasons->rows, reasons->count};
}

struct reason_subject reason_rule_subject(enum eligibility_rule rule)
{
    return (struct reason_subject){eligibility_rule_name(rule), {eligibility_rule_text_zh(rule), eligibility_rule_text_en(rule)}};
}

struct reason_subject reason_characteristic_subject(enum characteristic id)
{
    return (struct reason_subject){characteristic_name(id), {characteristic_text_zh(id), characteristic_text_en(id)}};
}

const struct eligibility_finding *reason_find_finding(const struct eligibility_result *eligibility, enum eligibility_rule rule)
{
    for (size_t i = 0; i < eligibility->finding_count; i++) {
        if (eligibility->findings[i].rule == rule)
            return &eligibility->findings[i];
    }
    return NULL;
}

/* Heavier first, then by number, so that the policy's order does not matter. */
static int compare_ranked(const void *left, const void *right)
{
    const struct reason_ranked *a = left;
    const struct reason_ranked *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return (int)a->row->id - (int)b->row->id;
}

/* The rows of a positive weight, heaviest first; returns how many. */
size_t reason_rank_rows(const struct reason_explained *explained, const struct scorecard_result *scorecard, reason_row_weight *weight_of,
                        struct reason_ranked ranked[static SCORECARD_ROWS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < scorecard->row_count; i++) {
        int64_t weight = weight_of(explained, &scorecard->rows[i]);
        if (weight > 0)
            ranked[count++] = (struct reason_ranked){&scorecard->rows[i], weight};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    return count;
}
