#include "scoring/characteristic.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

struct row {
    const char *name;
    enum dimension dimension;
    const char *unit;
    int64_t least;
    int64_t most;
    const char *zh;
    const char *en;
};

static const struct row ROWS[CHARACTERISTIC_END] = {
#define CHARACTERISTIC(number, name, json, dimension, unit, least, most, zh, en) [number] = {json, DIMENSION_##dimension, unit, least, most, zh, en},
#include "scoring/characteristics.def"
#undef CHARACTERISTIC
};

static const struct row *row_of(enum characteristic which)
{
    assert(which > CHARACTERISTIC_NONE);
    assert(which < CHARACTERISTIC_END);
    return &ROWS[which];
}

const char *characteristic_name(enum characteristic which)
{
    return row_of(which)->name;
}

const char *characteristic_unit(enum characteristic which)
{
    return row_of(which)->unit;
}

int64_t characteristic_value_min(enum characteristic which)
{
    return row_of(which)->least;
}

int64_t characteristic_value_max(enum characteristic which)
{
    return row_of(which)->most;
}

const char *characteristic_text_zh(enum characteristic which)
{
    return row_of(which)->zh;
}

const char *characteristic_text_en(enum characteristic which)
{
    return row_of(which)->en;
}

enum dimension characteristic_dimension(enum characteristic which)
{
    return row_of(which)->dimension;
}

const char *dimension_name(enum dimension which)
{
    switch (which) {
    case DIMENSION_PIPELINE:
        return "pipeline";
    case DIMENSION_PAYMENT:
        return "payment";
    case DIMENSION_REPAYMENT:
        return "repayment";
    case DIMENSION_SERVICE:
        return "service";
    case DIMENSION_RESILIENCE:
        return "resilience";
    case DIMENSION_TRADITIONAL:
        return "traditional";
    }
    assert(false);
    return "";
}
