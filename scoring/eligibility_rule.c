#include "scoring/eligibility_rule.h"

#include <assert.h>
#include <stddef.h>

static const struct row {
    const char *name;
    const char *zh;
    const char *en;
} ROWS[ELIGIBILITY_END] = {
#define ELIGIBILITY_RULE(number, name, json, zh, en) [number] = {json, zh, en},
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE
};

static const struct row *row_of(enum eligibility_rule which)
{
    assert(which > ELIGIBILITY_NONE);
    assert(which < ELIGIBILITY_END);
    return &ROWS[which];
}

const char *eligibility_rule_name(enum eligibility_rule which)
{
    return row_of(which)->name;
}

const char *eligibility_rule_text_zh(enum eligibility_rule which)
{
    return row_of(which)->zh;
}

const char *eligibility_rule_text_en(enum eligibility_rule which)
{
    return row_of(which)->en;
}
