/*
 * assessment_store.h - the table of recorded assessments: where in the log each one is, and which documents it names.
 *
 * A row is made once, in the transaction of its leaf, and never changed. Every query names the organisation.
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_ASSESSMENT_STORE_H
#define CONTRACTS_ASSESSMENT_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stddef.h>
#include <stdint.h>

struct db;

#define ASSESSMENT_ID_LENGTH_MAX 128 /* bytes */

struct assessment_row {
    struct uscc uscc;
    const char *id;             /* the public id, unique within the organisation; 1 to ASSESSMENT_ID_LENGTH_MAX bytes */
    uint64_t log_index;         /* of its leaf */
    const char *application_id; /* NULL when there is none */
    const char *outcome;        /* "approve", "approve_with_conditions", "refer" or "decline" */
    uint8_t dossier_sha256[32];
    uint8_t policy_sha256[32];
    uint8_t decision_sha256[32];
    int64_t created_at_us; /* the leaf's instant */
};

/*
 * Queue the insertion of rows (db_queue): it runs with the next statement waited for, or the commit, and a failure is
 * that one's: ZCD_CONFLICT when an id of the organisation or a log index is taken, ZCD_INVALID for a value that the table
 * refuses. Rows are copied.
 */
enum zcd_code assessment_store_insert(struct db *db, const struct assessment_row *rows, size_t count,
                                      struct zcd_error *err) ZCD_MUST_USE;

/* One assessment; its texts live in the arena. ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT. */
enum zcd_code assessment_store_find(struct db *db, const struct uscc *uscc, const char *id, struct arena *arena,
                                    struct assessment_row *row, struct zcd_error *err) ZCD_MUST_USE;

#endif
