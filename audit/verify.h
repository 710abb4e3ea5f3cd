/*
 * verify.h - the command zcd-verify, apart from its main(): reads files, judges, says one line. Offline, no database.
 *
 *     zcd-verify bundle FILE                 one record with its documents, as the service hands it out (.zip)
 *     zcd-verify proof PROOF LEAF            a .tlog-proof and the leaf that it is about
 *     zcd-verify consistency OLD NEW         two checkpoints; NEW may be a folder of tiles
 *     zcd-verify tiles DIR                   a whole log as a folder of tiles: every record, every tile, the root
 *     zcd-verify replay FILE                 a bundle, decided again
 *
 * Options are in the usage text (zcd-verify --help).
 * Exit status: 0 verified; 1 not verified (also "intact, not authenticated": no key given); 2 could not be read, or usage.
 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include "audit/bundle.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdio.h>

/* What deciding again came to. */
struct verify_replayed {
    bool same_engine;          /* this program has the engine that stands in the leaf; if not, nothing was decided */
    const char *engine;        /* this program's version */
    const char *engine_before; /* the one that stands in the leaf */
    struct bytes decision;     /* canonical JSON */
};

/*
 * Decide again on what is in a bundle that has been verified: how audit, which knows no credit, reaches the scorer.
 *   arena     in   holds what replayed points to
 * ZCD_INVALID when dossier or policy cannot be read by this version.
 */
typedef enum zcd_code verify_replay(const struct bundle *bundle, struct arena *arena, struct verify_replayed *replayed,
                                    struct zcd_error *err);

/*
 * Run the command.
 *
 *   argument_count, arguments  in  as main() has them; arguments[0] is the program
 *   locale  in  what LC_ALL, LC_MESSAGES or LANG say, or NULL; one that begins with "zh" means Chinese
 *   replay  in  how to decide again; NULL: there is no sub-command replay
 *   out, problems  in  where the verdict goes, and what kept us from one
 *
 * Returns the exit status.
 */
int verify_run(int argument_count, char *const *arguments, const char *locale, verify_replay *replay, FILE *out,
               FILE *problems);

#endif
