/*
 * value_text.h - a value as people read it: "12.34 %", "3 months", with its unit in Chinese or English.
 *
 * For findings and reasons only; nothing is ever computed from these texts. Pure. Thread: any.
 */
#ifndef SCORING_VALUE_TEXT_H
#define SCORING_VALUE_TEXT_H

#include "base/arena.h"
#include "base/error.h"
#include "scoring/characteristic.h"

#include <stdint.h>

/* The same value in both languages; both live in the arena or are static. */
struct value_text {
    const char *zh;
    const char *en;
};

/* printf into the arena. */
const char *value_text_format(struct arena *arena, const char *format, ...) ZCD_PRINTF(2, 3);

/* The text with subject and value in the places of its marks {subject} and {value}. */
const char *value_text_fill(struct arena *arena, const char *text, const char *subject, const char *value);

/* "5,000,000.00元" and "CNY 5,000,000.00". */
struct value_text value_text_money(struct arena *arena, int64_t amount_fen);

/* Basis points and parts per million as percent with two digits, rounded toward zero: "-0.50 %" in both languages. */
struct value_text value_text_bp(struct arena *arena, int64_t share_bp);
struct value_text value_text_ppm(struct arena *arena, int64_t share_ppm);

/* A count with its unit: "12个月" and "12 months". unit_en is a plural that ends in one letter s. */
struct value_text value_text_count(struct arena *arena, int64_t count, const char *unit_zh, const char *unit_en);

/* A characteristic's value in the unit that characteristics.def gives it. */
struct value_text value_text_characteristic(struct arena *arena, enum characteristic which, int64_t value);

#endif
