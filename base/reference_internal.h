/*
 * reference_internal.h - the tables that cmake/reference_tables.cmake makes of data/reference. Rows ascend by key.
 *
 * Static, read-only. Thread: any.
 */
#ifndef BASE_REFERENCE_INTERNAL_H
#define BASE_REFERENCE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region_row {
    char code[7];
    const char *name; /* Chinese, UTF-8 */
};

extern const struct region_row REGION_ROWS[];
extern const size_t REGION_ROW_COUNT;

/* A day that differs from the rule "Monday to Friday". */
struct working_day_row {
    int32_t days; /* since 1970-01-01 */
    bool is_working_day;
};

extern const struct working_day_row WORKING_DAY_ROWS[];
extern const size_t WORKING_DAY_ROW_COUNT;
extern const int32_t WORKING_DAY_FIRST_DAYS; /* the calendar covers this day ... */
extern const int32_t WORKING_DAY_LAST_DAYS;  /* ... to this one, both included */

extern const char *const USCC_PILOT_EXCEPTIONS[];
extern const size_t USCC_PILOT_EXCEPTION_COUNT;

#endif
