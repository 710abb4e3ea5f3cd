/*
 * idempotency_store.h - requests that were carried out, by the key that their sender gave them.
 *
 * Thread: that of the connection.
 */
#ifndef API_FLOWS_IDEMPOTENCY_STORE_H
#define API_FLOWS_IDEMPOTENCY_STORE_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

#define IDEMPOTENCY_KEY_SIZE_MAX 255
#define IDEMPOTENCY_DAYS 7 /* that a key is kept */

struct idempotency_row {
    const char *caller, *key, *method, *path;
    struct sha256 body_sha256;
    int32_t status;      /* of the answer that was given */
    const char *subject; /* id of what was created */
};

/* Queue the insertion (db_queue) into the transaction of what is created. When it runs: ZCD_CONFLICT when the caller's key
 * is there already, which undoes that transaction. */
enum zcd_code idempotency_store_insert(struct db *db, const struct idempotency_row *row, struct zcd_error *err) ZCD_MUST_USE;

/* What was carried out under a key.   row  out  texts in the arena; written when *found */
enum zcd_code idempotency_store_find(struct db *db, const char *caller, const char *key, struct arena *arena,
                                     struct idempotency_row *row, bool *found, struct zcd_error *err) ZCD_MUST_USE;

/* Forget keys of more than IDEMPOTENCY_DAYS ago. */
enum zcd_code idempotency_store_purge(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

#endif
