/*
 * correction_store.h - the table of corrections that directors file, each made in the transaction of its record.
 *
 * What people wrote is kept behind the records' commitments (personal_value_store.h) and read from there; once it is erased, it is
 * not known here either. Thread: that of the connection.
 */
#ifndef CONTRACTS_CORRECTION_STORE_H
#define CONTRACTS_CORRECTION_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stddef.h>
#include <stdint.h>

struct db;

#define CORRECTION_ID_SIZE 55 /* "co_", the USCC, "_", 32 hexadecimal digits and NUL */
#define CORRECTION_COMMITMENT_SIZE 32

struct correction_row {
    const char *uscc, *id, *lender;
    const char *collection, *key; /* of the fact */
    int64_t seen_import;
    const char *filed_by;
    int64_t filed_at_us, log_index;
    const char *proposed, *reason, *evidence; /* NULL: erased, or not said */
    const char *outcome;                      /* NULL while it waits; the rest then too */
    const char *decided_by, *decision;
    int64_t decided_at_us, decided_index, import_id;
};

/* Commitments of what is filed; evidence may be NULL. */
struct correction_commitments {
    const uint8_t *proposed, *reason, *evidence;
};

/* Queue the insertion (db_queue). Of the row what is filed counts, without its texts. */
enum zcd_code correction_store_insert(struct db *db, const struct correction_row *row,
                                      const struct correction_commitments *commitments, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Decide on it: outcome, decided_by, decided_at_us, decided_index and import_id of the row.
 *   decision  in  the commitment of why it is refused; NULL: it is accepted
 * ZCD_CONFLICT when it was decided on already.
 */
enum zcd_code correction_store_decide(struct db *db, const struct correction_row *row, const uint8_t *decision,
                                      struct zcd_error *err) ZCD_MUST_USE;

/* By id, which begins with the organisation. Texts in the arena. ZCD_NOT_FOUND. */
enum zcd_code correction_store_find(struct db *db, const char *id, struct arena *arena, struct correction_row *row,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* Newest first. */
struct correction_search {
    const char *uscc;
    const char *lender; /* NULL: of all */
    const char *state;  /* "open", "accepted", "refused"; NULL: all */
    int64_t below;      /* only records before this index */
    int32_t limit;
};
enum zcd_code correction_store_list(struct db *db, const struct correction_search *search, struct arena *arena,
                                    struct correction_row **rows, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

#endif
