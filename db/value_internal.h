/*
 * value_internal.h - how values look on the wire, for the files of this folder.
 */
#ifndef DB_VALUE_INTERNAL_H
#define DB_VALUE_INTERNAL_H

#include "db/value.h"

#define DB_EPOCH_DAYS 10957 /* PostgreSQL counts from 2000-01-01 */
#define DB_EPOCH_US INT64_C(946684800000000)

void db_put_big_endian(uint8_t *out, uint64_t value, size_t size);

/* The value's binary form; in scratch, or borrowed from the value. Not for NULL. */
struct bytes db_value_encode(const struct db_value *value, uint8_t scratch[8]);

#endif
