/*
 * log_index.h - an index of the log as the API writes it. Pure. Thread: any.
 */
#ifndef API_ROUTES_LOG_INDEX_H
#define API_ROUTES_LOG_INDEX_H

#include "base/error.h"

#include <stdint.h>

/* Decimal, no sign, no leading zero, at most 16 digits. ZCD_NOT_FOUND otherwise: it names no record. */
enum zcd_code log_index_parse(const char *text, uint64_t *index, struct zcd_error *err) ZCD_MUST_USE;

#endif
