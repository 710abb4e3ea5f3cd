/*
 * ocds_process.h - the single releases of one contracting process of OCDS: put into the order of their dates, and merged.
 *
 * The dates say which of two values is the later. Where equal ones leave it to the order of the file, nobody knows which holds.
 * Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_OCDS_PROCESS_H
#define CONTRACTS_IMPORT_OCDS_PROCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A release with the instant of its date. */
struct ocds_dated {
    json_t *release;
    int64_t at_us; /* INT64_MIN: not known, and taken as the earliest */
    size_t number; /* in the order of the file */
};

/*
 * Read a date of RFC 3339; the time, its seconds, their fraction and the offset may be missing (then it is UTC).
 *
 *   at_us  out  microseconds since 1970
 *
 * False when it is none.
 */
bool ocds_parse_instant(const char *text, int64_t *at_us);

/*
 * Merge the releases of one process.
 *
 *   dated     in/out  sorted
 *   is_clear  out     false when buyer, awards, contracts or who the parties are would come out otherwise if releases of one date
 *                     stood in the file the other way round
 *
 * Returns the compiled release. Release with json_decref.
 */
json_t *ocds_process_merge(struct ocds_dated *dated, size_t count, bool *is_clear);

#endif
