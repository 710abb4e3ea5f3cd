/*
 * replay.h - decide again what a record says was decided, from the documents that it names, and compare.
 *
 * Thread: any; one workspace per thread.
 */
#ifndef API_FLOWS_REPLAY_H
#define API_FLOWS_REPLAY_H

#include "api/flows/disclosure.h"
#include "audit/log.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "scoring/cashflow.h"

#include <stdint.h>

struct db;

enum replay_status {
    REPLAY_EQUAL = 0,      /* the same bytes came out */
    REPLAY_DIFFERENT,      /* the engine that decided, other bytes: a fault, of the machine or of what is stored */
    REPLAY_ANOTHER_ENGINE, /* another version decided: this one cannot reproduce it, and says what it would say itself */
    REPLAY_NO_DOCUMENTS,   /* dossier, policy or decision are not kept here */
    REPLAY_NO_DECISION     /* the record is of a kind that rests on none */
};

/* "equal", "different", "another_engine", "no_documents", "no_decision" */
const char *replay_status_name(enum replay_status status);

struct replay {
    uint64_t index;
    struct disclosed disclosed; /* whose record it is */
    enum replay_status status;
    const char *engine_version; /* that decided; in the arena. NULL for REPLAY_NO_DECISION */
    struct sha256 engine_source_sha256, policy_sha256;
    struct bytes
        differences; /* a JSON array (codec/json_diff.h), engine apart; in the arena. Empty where none were looked for */
    size_t difference_count;
};

/*
 * Replay one record.
 *
 *   arena   in   holds what replay points to
 *
 * The record is read with its proof first: ZCD_NOT_FOUND, ZCD_CORRUPT, ZCD_UNAVAILABLE as log_read_record. ZCD_CORRUPT
 * also for a record or document that this version cannot read although its own engine decided.
 */
enum zcd_code replay_record(struct log *log, struct db *db, uint64_t index, struct cashflow_workspace *workspace,
                            struct arena *arena, struct replay *replay, struct zcd_error *err) ZCD_MUST_USE;

/* Append it as a JSON object, this engine beside the one that decided. */
void replay_encode(const struct replay *replay, struct buffer *json);

#endif
