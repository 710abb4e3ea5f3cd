#include "scoring/reason_code.h"

#include "scoring/characteristic.h"
#include "scoring/deferral.h"
#include "scoring/eligibility_rule.h"
#include "scoring/limit.h"
#include "scoring/renewal.h"

#include <assert.h>

static const struct row {
    enum reason_code code;
    const char *name;
    const char *zh;
    const char *en;
} ROWS[] = {
#define REASON(number, name, json, zh, en) {REASON_##name, json, zh, en},
#include "scoring/reason_codes.def"
#undef REASON
};

enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

#define ELIGIBILITY_RULE(number, name, json, zh, en)                                                                   \
    static_assert((int)REASON_STOP_##name == REASON_STOP_BASE + (int)ELIGIBILITY_##name, "a stop's number is its rule's");
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE

#define LIMIT_BOUND(number, name, json, kind, zh, en)                                                                  \
    static_assert((int)REASON_BOUND_##name == REASON_BOUND_BASE + (int)LIMIT_##name, "a bound's number is its name's");
#include "scoring/limit_bounds.def"
#undef LIMIT_BOUND

#define RENEWAL_RULE(number, name, json, zh, en)                                                                       \
    static_assert((int)REASON_RENEWAL_##name == REASON_RENEWAL_BASE + (int)RENEWAL_RULE_##name, "a reason's number is its rule's");
#include "scoring/renewal_rules.def"
#undef RENEWAL_RULE

#define DEFERRAL_RULE(number, name, json, zh, en)                                                                      \
    static_assert((int)REASON_DEFERRAL_##name == REASON_DEFERRAL_BASE + (int)DEFERRAL_RULE_##name, "and so is this one's");
#include "scoring/deferral_rules.def"
#undef DEFERRAL_RULE

#define CHARACTERISTIC(number, name, json, dimension, unit, least, most, zh, en)                                                    \
    static_assert((int)REASON_LOST_##name == REASON_LOST_BASE + (int)CHARACTERISTIC_##name, "a loss's number is its value's"); \
    static_assert((int)REASON_STRENGTH_##name == REASON_STRENGTH_BASE + (int)CHARACTERISTIC_##name, "and so is a strength's");
#include "scoring/characteristics.def"
#undef CHARACTERISTIC

static const struct row *row_of(enum reason_code code)
{
    size_t place = 0;
    while (place < ROW_COUNT && ROWS[place].code != code)
        place++;
    assert(place < ROW_COUNT);
    return &ROWS[place];
}

const char *reason_code_name(enum reason_code code)
{
    return row_of(code)->name;
}

size_t reason_code_count(void)
{
    return ROW_COUNT;
}

enum reason_code reason_code_at(size_t place)
{
    assert(place < ROW_COUNT);
    return ROWS[place].code;
}

const char *reason_code_text_zh(enum reason_code code)
{
    return row_of(code)->zh;
}

const char *reason_code_text_en(enum reason_code code)
{
    return row_of(code)->en;
}
