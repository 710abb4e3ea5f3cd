/*
 * authorisation.h - put on record that an organisation authorises somebody to see its facts, or does not any more.
 *
 * A withdrawal is a record of the same kind with nothing in its scope, which builds on the record of what it takes back.
 */
#ifndef API_FLOWS_AUTHORISATION_H
#define API_FLOWS_AUTHORISATION_H

#include "api/codec/identity_decode.h"
#include "api/identity/authorisation_store.h"
#include "api/identity/caller.h"
#include "audit/log.h"
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct idempotency_row;

/* One on its way; in its exchange's arena, untouched until done. */
struct authorisation {
    struct log_entry entry;
    char id[AUTHORISATION_ID_SIZE];
    struct authorisation_row row; /* as it is once it is on record */
    uint64_t withdrawn;           /* the record that is taken back */
    bool is_withdrawal;
    /* Given by the caller. Called as log_entry's done. */
    struct idempotency_row *key; /* NULL: none */
    void (*done)(struct authorisation *authorisation, const struct zcd_error *err); /* err NULL: on record */
    void *user;
};

/*
 * Make the record of what a director asks for.
 *   request  in  as authorisation_request_decode made it
 *   caller   in  belongs to an organisation
 */
enum zcd_code authorisation_prepare(const struct authorisation_request *request, const struct caller *caller,
                                    struct arena *arena, struct authorisation *authorisation,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* Make the record by which one is withdrawn. */
enum zcd_code authorisation_prepare_withdrawal(const struct authorisation_row *row, const struct caller *caller,
                                               struct arena *arena, struct authorisation *authorisation,
                                               struct zcd_error *err) ZCD_MUST_USE;

/* Hand it to the log: log_submit. Through done, ZCD_CONFLICT: withdrawn already, or the key was used at the same moment. */
enum zcd_code authorisation_submit(struct log *log, struct authorisation *authorisation,
                                   struct zcd_error *err) ZCD_MUST_USE;

/* The key of a new entry's request, and the row of an authorisation's record: see log_insert_rows and log_restore_rows. */
enum zcd_code authorisation_insert_key(struct db *db, const struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code authorisation_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                       struct zcd_error *err) ZCD_MUST_USE;

#endif
