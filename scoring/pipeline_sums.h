/*
 * pipeline_sums.h - amounts of contracts, of one or of several together: what the pipeline is made of, for people.
 *
 * Pure. Thread: any.
 */
#ifndef SCORING_PIPELINE_SUMS_H
#define SCORING_PIPELINE_SUMS_H

#include "scoring/pipeline.h"

/* As the members of struct pipeline_contract. scheduled = received + deducted + outstanding; outstanding = the three below it. */
struct pipeline_sums {
    size_t contract_count;
    int64_t value_fen;
    int64_t scheduled_fen; /* all milestones */
    int64_t received_fen;
    int64_t deducted_fen;
    int64_t outstanding_fen;
    int64_t accepted_unpaid_fen, due_unaccepted_fen, future_fen;
    int64_t overdue_fen, overdue_90_fen;
};

/* Those of a contract's tier and stage, or of a payer. */
struct pipeline_group {
    enum contract_tier tier;   /* NONE is one too: not given */
    enum contract_stage stage;
    struct pipeline_sums sums;
};

struct pipeline_sums pipeline_sums_of(const struct pipeline_contract *row);

/* Those of a payer's contracts. */
struct pipeline_sums pipeline_sums_of_payer(const struct pipeline_result *pipeline, size_t payer_index);

/* The contracts by tier and stage, in the order of their lists; groups without a contract are left out. Memory from the arena. */
size_t pipeline_group_contracts(const struct pipeline_result *pipeline, struct arena *arena,
                                const struct pipeline_group **groups);

#endif
