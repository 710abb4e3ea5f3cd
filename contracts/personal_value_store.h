/*
 * personal_value_store.h - salts and values behind the commitments in records; the log inserts them with the record
 * (audit/log.h), and here they are read and erased.
 *
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_PERSONAL_VALUE_STORE_H
#define CONTRACTS_PERSONAL_VALUE_STORE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>

struct db;

#define PERSONAL_VALUE_DIGEST_SIZE 32

struct personal_value_row {
    const char *uscc; /* of the record's organisation; "" for a record about the log itself */
    uint8_t salt[PERSONAL_VALUE_DIGEST_SIZE];
    const char *value;
    uint64_t log_index; /* of the record */
};

/* Texts live in the arena. ZCD_NOT_FOUND when there is none, or it is erased; ZCD_UNAVAILABLE; ZCD_CORRUPT. */
enum zcd_code personal_value_store_find(struct db *db, const uint8_t commitment[PERSONAL_VALUE_DIGEST_SIZE],
                                        struct arena *arena, struct personal_value_row *row,
                                        struct zcd_error *err) ZCD_MUST_USE;

/* Queue the erasure of one (db_queue): value and salt are gone with the transaction. It may be gone already. */
enum zcd_code personal_value_store_erase(struct db *db, const char *uscc,
                                         const uint8_t commitment[PERSONAL_VALUE_DIGEST_SIZE],
                                         struct zcd_error *err) ZCD_MUST_USE;

#endif
