/*
 * json_values.h - the values that decision documents are made of, on top of json_writer: days, what may be missing, texts in two
 * languages. Thread: one at a time.
 */
#ifndef API_CODEC_JSON_VALUES_H
#define API_CODEC_JSON_VALUES_H

#include "api/codec/json_writer.h"
#include "base/date.h"

/* "2026-03-31", or null for DATE_NONE. */
void json_write_date(struct json_writer *json, const char *name, struct date date);

/* The value, or null where it is not there. */
void json_write_integer_if(struct json_writer *json, const char *name, bool is_there, int64_t value);

/* The member `name`: {"en": ..., "zh": ...}. */
void json_write_texts(struct json_writer *json, const char *name, const char *zh, const char *en);

#endif
