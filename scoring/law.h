/*
 * law.h - a text of law with the days on which it is in force: a rule is cited only when it was one on the day.
 *
 * Pure. Thread: any.
 */
#ifndef SCORING_LAW_H
#define SCORING_LAW_H

#include "base/date.h"

#include <stdbool.h>

#define LAW_OPEN 99991231 /* no end */

/* Static. Days are written YYYYMMDD, both included, as people write them beside the text that they belong to. */
struct law {
    int32_t from;
    int32_t to;
    const char *zh; /* document and article */
    const char *en;
};

bool law_is_in_force(const struct law *law, struct date day);

/* Does the day lie in [from, to], both written YYYYMMDD? */
bool law_holds(int32_t from, int32_t to, struct date day);

/* The day itself, of a YYYYMMDD that exists and is not LAW_OPEN. */
struct date law_day(int32_t day);

#endif
