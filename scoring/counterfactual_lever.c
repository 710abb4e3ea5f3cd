#include "scoring/counterfactual_lever.h"

#include <assert.h>
#include <stddef.h>

static const struct row {
    const char *name;
    const char *zh;
    const char *en;
} ROWS[COUNTERFACTUAL_END] = {
#define COUNTERFACTUAL_LEVER(number, name, json, unit, zh, en) [number] = {json, zh, en},
#include "scoring/counterfactual_levers.def"
#undef COUNTERFACTUAL_LEVER
};

static const struct row *row_of(enum counterfactual_lever which)
{
    assert(which > COUNTERFACTUAL_NONE);
    assert(which < COUNTERFACTUAL_END);
    return &ROWS[which];
}

const char *counterfactual_lever_name(enum counterfactual_lever which)
{
    return row_of(which)->name;
}

const char *counterfactual_lever_text_zh(enum counterfactual_lever which)
{
    return row_of(which)->zh;
}

const char *counterfactual_lever_text_en(enum counterfactual_lever which)
{
    return row_of(which)->en;
}
