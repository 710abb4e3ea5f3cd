/*
 * witness_server.h - a witness as an HTTP service (c2sp.org/tlog-witness): cosigns what only continues what it saw before.
 *
 *     POST /add-checkpoint
 *     GET  /{hex sha256 of the origin}/checkpoint    what it cosigned last
 *
 * What it remembers of each log is the checkpoint that it cosigned last, in a file of its own, synced before it is answered;
 * its lock makes look and step one (audit/checkpoint_store.h). It knows nothing of what the records say.
 */
#ifndef API_WITNESS_SERVER_H
#define API_WITNESS_SERVER_H

#include "audit/note.h"
#include "audit/signature.h"
#include "base/error.h"

#include <stddef.h>

/* Borrowed until witness_serve returns. */
struct witness_config {
    const char *listen;
    const char *folder; /* exists; the files are of this witness alone */
    const char *name;   /* that it cosigns under */
    const struct signature_key *key;
    const struct note_vkey *logs; /* that it watches */
    size_t log_count;
};

/* Serve until told to stop. ZCD_INVALID, ZCD_UNAVAILABLE: it cannot listen, or its files cannot be opened. */
enum zcd_code witness_serve(const struct witness_config *config, struct zcd_error *err) ZCD_MUST_USE;

#endif
