/*
 * payer.h - who pays the contracts, and what the whole book knows of how they pay.
 *
 * Member names are those of the dossier document. Pure. Thread: any.
 */
#ifndef CONTRACTS_PAYER_H
#define CONTRACTS_PAYER_H

#include "base/region.h"
#include "base/uscc.h"
#include "contracts/codelist.h"

#include <stddef.h>
#include <stdint.h>

struct payer {
    const char *id;
    struct uscc uscc; /* text "" when not given */
    const char *name;
    enum payer_level level;
    struct region region; /* of its finance authority; code "" when not given (enterprises and donors only) */
};

/*
 * Payment events and exposure of the book without this organisation's own milestones, in millionths (the
 * policy's prior hazard summed over the weeks at risk). One row is of one payer, or of a class of payers.
 */
struct payer_experience {
    const char *payer;            /* id, or "" in the row of a class */
    size_t payer_index;           /* into dossier.payers; SIZE_MAX in the row of a class */
    enum payer_level level;       /* NONE in the row of a payer */
    enum fund_source fund_source; /* NONE in the row of a payer */
    int64_t events_ppm;
    int64_t exposure_ppm;
};

/* Does public money stand behind this payer: government of any level, public institution, mass organisation? */
bool payer_is_public(const struct payer *payer);

#endif
