/* characteristic.h - names of what the scorecard reads; the list is characteristics.def. Pure. Thread: any. */
#ifndef SCORING_CHARACTERISTIC_H
#define SCORING_CHARACTERISTIC_H

#include <stdint.h>

/* Ratios stop here, at 100,000 times, so that a yuan asked against a million owed stays a number. */
#define CHARACTERISTIC_RATIO_MAX INT64_C(1000000000)

enum dimension {
    DIMENSION_PIPELINE = 1,
    DIMENSION_PAYMENT,
    DIMENSION_REPAYMENT,
    DIMENSION_SERVICE,
    DIMENSION_RESILIENCE,
    DIMENSION_TRADITIONAL
};

enum characteristic {
    CHARACTERISTIC_NONE = 0,
#define CHARACTERISTIC(number, name, json, dimension, unit, least, most, zh, en) CHARACTERISTIC_##name = number,
#include "scoring/characteristics.def"
#undef CHARACTERISTIC
    CHARACTERISTIC_END
};

/* Static texts. `which` is a member of the list, not NONE or END. */
const char *characteristic_name(enum characteristic which);
const char *characteristic_unit(enum characteristic which);
/* The range of its values where it has one; a missing value stands outside. */
int64_t characteristic_value_min(enum characteristic which);
int64_t characteristic_value_max(enum characteristic which);
const char *characteristic_text_zh(enum characteristic which);
const char *characteristic_text_en(enum characteristic which);
enum dimension characteristic_dimension(enum characteristic which);
const char *dimension_name(enum dimension which);

#endif
