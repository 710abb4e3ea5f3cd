/*
 * assess.h - the main job: decide on a dossier and bring the decision into the log.
 *
 * A worker decides and submits and goes on; the log's writer says how it ended. All memory is the arena's that the caller
 * gives, which must live until `done` has been called.
 */
#ifndef API_FLOWS_ASSESS_H
#define API_FLOWS_ASSESS_H

#include "api/codec/assessment_encode.h"
#include "api/flows/decide.h"
#include "audit/log.h"

#include <stdint.h>

struct db;
struct idempotency_row; /* idempotency_store.h */

/* Who decides: stands in the record. */
struct assess_actor {
    const char *id;
    const char *role;
    const char *lender; /* may be NULL */
};

/* One assessment, from the decision to the log's answer. */
struct assessment {
    struct decided decided;
    char id[ASSESSMENT_ID_SIZE];
    /* As log_entry's, with the assessment in place of the entry. */
    void (*done)(struct assessment *assessment, const struct log_receipt *receipt, const struct zcd_error *err);
    void *user;
    /* Set by the caller after assess_prepare, when the request bears a key; its row commits with the record. */
    const struct idempotency_row *key;

    struct log_entry entry;
    struct log_document documents[3];
};

/*
 * Decide on a dossier, and make the record of it: nonce, id, the documents that it names.
 *
 *   json         in      the dossier, as it came; recorded byte for byte, so it lives as long as the arena
 *   now_us       in      from the clock: a decision about another day than the policy allows is marked retrospective
 *   assessment   in/out  done and user are the caller's to set
 *
 * The refusals of decide(); ZCD_INVALID at /as_of when the day has not come yet in Asia/Shanghai.
 */
enum zcd_code assess_prepare(struct bytes json, const struct loaded_policy *policy, const struct assess_actor *actor,
                             int64_t now_us, struct cashflow_workspace *workspace, struct arena *arena,
                             struct assessment *assessment, struct zcd_error *err) ZCD_MUST_USE;

/* Hand it to the log: as log_submit. */
enum zcd_code assess_submit(struct log *log, struct assessment *assessment, struct zcd_error *err) ZCD_MUST_USE;

/* The log's insert_rows: the table of assessments grows in the transaction of its leaves. */
enum zcd_code assess_insert_rows(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                                 struct zcd_error *err);

/* log_restore_rows: the rows of assessments that are put back into a database, from their leaves. */
enum zcd_code assess_restore_rows(struct db *db, const struct log_restored *restored, size_t count, void *context,
                                  struct zcd_error *err) ZCD_MUST_USE;

#endif
