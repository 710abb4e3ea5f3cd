/*
 * policy_internal.h - what the two halves of policy_check share: sections of plain numbers (policy.c) and tables
 * (policy_tables.c). Only for scoring/policy*.c.
 */
#ifndef SCORING_POLICY_INTERNAL_H
#define SCORING_POLICY_INTERNAL_H

#include "scoring/policy.h"

/* One number of a section, with the least and the largest that make sense. */
struct policy_number {
    const char *name; /* member of the document */
    int64_t value;
    int64_t min;
    int64_t max;
};

/* clang-format off */
#define POLICY_NUMBER(section, member, min, max) {#member, (section)->member, (min), (max)}
/* clang-format on */
#define POLICY_COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The first number out of its range. */
enum zcd_code policy_check_numbers(const struct policy_number *numbers, size_t count,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* The first number that is below the one before it. */
enum zcd_code policy_check_rising(const struct policy_number *numbers, size_t count,
                                  struct zcd_error *err) ZCD_MUST_USE;

enum zcd_code policy_check_delay(const struct policy_delay *delay, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code policy_check_scorecard(const struct policy_scorecard *scorecard, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code policy_check_capital(const struct policy_price *price, struct zcd_error *err) ZCD_MUST_USE;

#endif
