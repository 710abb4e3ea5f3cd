/*
 * reference.h - the tables of data/reference as an operator asks about them: from when to when each holds, and whether it has
 * run out.
 *
 * The working-day calendar and the loan prime rate end with the last notice that was known when the program was built. Nothing
 * here is an input to a decision: a decision on a day that a table does not cover says so itself. Thread: any.
 */
#ifndef API_REFERENCE_H
#define API_REFERENCE_H

#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The State Council announces the next year's holidays in October or November; judgement, from the notices of 2018 to 2025. */
#define REFERENCE_CALENDAR_NOTICE_DAYS 60
/* Quotes come out on the 20th, put off by holidays for ten days at most (PBoC announcement 2019 No. 15; Spring Festival of 2020). */
#define REFERENCE_LPR_DELAY_DAYS 10

enum reference_state {
    REFERENCE_HOLDS = 1,
    REFERENCE_ENDS_SOON, /* the calendar, within REFERENCE_CALENDAR_NOTICE_DAYS */
    REFERENCE_ENDED
};

/* One table. Texts are static. */
struct reference_table {
    const char *name;       /* of its file in data/reference */
    struct date first, last; /* days it covers; DATE_NONE where it is not bound to days */
    size_t row_count; /* days of the calendar, rows of the others */
    enum reference_state state;
    const char *zh, *en; /* what to do about it; "" while it holds */
};

#define REFERENCE_TABLE_COUNT 4

/* The tables as they stand on a day. */
void reference_look(struct date today, struct reference_table tables[REFERENCE_TABLE_COUNT]);

const char *reference_state_name(enum reference_state state); /* "holds", "ends_soon", "ended" */

/* What a region supports social work with, as a newspaper reported it: context for a reader, never scored. Texts are static. */
struct regional_programme {
    const char *id;
    const char *region; /* GB/T 2260 */
    int32_t as_of_year;
    bool has_figure;
    int64_t figure;
    const char *unit; /* "" without a figure */
    const char *zh, *en;
    const char *seed; /* number of the article, see data/reference/regional_programmes.csv */
};

extern const struct regional_programme REGIONAL_PROGRAMMES[];
extern const size_t REGIONAL_PROGRAMME_COUNT;

/*
 * Does a programme concern an organisation of a region: of the same county, or of the city or province above it?
 *   region  in  six digits
 */
bool regional_programme_concerns(const struct regional_programme *programme, const char *region);

#endif
