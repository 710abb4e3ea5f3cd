/*
 * policy_codes.h - the engine's own lists as codelists, for the documents that name their rows. Static. Thread: any.
 */
#ifndef API_CODEC_POLICY_CODES_H
#define API_CODEC_POLICY_CODES_H

#include "contracts/codelist.h"

extern const struct codelist CODELIST_ELIGIBILITY_RULE;   /* enum eligibility_rule */
extern const struct codelist CODELIST_CHARACTERISTIC;     /* enum characteristic */
extern const struct codelist CODELIST_POLICY_SOURCE_KIND; /* enum policy_source_kind */
extern const struct codelist CODELIST_POLICY_LEVER;       /* enum policy_lever */
extern const struct codelist CODELIST_OUTCOME;            /* enum outcome */
extern const struct codelist CODELIST_COUNTERFACTUAL_LEVER; /* enum counterfactual_lever */

#endif
