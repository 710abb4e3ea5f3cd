/*
 * payer_prior.h - a policy's prior hazards, as the book's experience with payers is weighed by (contracts/payer_delay_store.h).
 *
 * Pure. Thread: any.
 */
#ifndef API_FLOWS_PAYER_PRIOR_H
#define API_FLOWS_PAYER_PRIOR_H

#include "contracts/payer_delay_store.h"
#include "scoring/policy.h"

/* Borrows the policy, which policy_check has accepted. */
struct payer_prior payer_prior_of(const struct policy *policy);

#endif
