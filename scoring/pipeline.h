/*
 * pipeline.h - stage 3: what is coming, from whom, and how good is it as security?
 *
 * Pure. Thread: any.
 */
#ifndef SCORING_PIPELINE_H
#define SCORING_PIPELINE_H

#include "scoring/delay.h"

/* One contract as the model sees it. */
struct pipeline_contract {
    const struct contract *contract; /* borrowed from the dossier */
    bool is_signed;                  /* signed, performing or evaluating: counts towards limits */
    bool is_public;                  /* payer is a public body and the money is not a donation */
    bool is_pledged_elsewhere;       /* to another lender: may not be swept or counted */
    bool is_restricted;              /* charity or venture money that may not repay a loan */
    bool is_sweepable;               /* signed, unrestricted, not pledged elsewhere: its account may be locked */
    bool is_cross_aged;              /* its payer is too late on too much: not eligible */
    bool is_followed;                /* its next service year is signed or awarded already, as a contract of its own */
    int64_t stage_weight_ppm;        /* chance that a contract not yet signed comes about */
    int64_t renewal_ppm;             /* chance that it is renewed, authority in its normal state */
    int64_t paid_fen;
    int64_t accepted_unpaid_fen;     /* accepted, not paid */
    int64_t due_unaccepted_fen;      /* due, not accepted */
    int64_t future_fen;              /* not yet due */
    int64_t overdue_fen;             /* payable day passed */
    int64_t overdue_90_fen;          /* payable day passed more than 90 days ago */
    int64_t deducted_fen;
};

struct pipeline_payer {
    size_t payer_index;
    int64_t outstanding_fen; /* on signed contracts */
    int64_t due_fen;         /* payable day passed, unpaid; closed contracts too, as the next two */
    int64_t due_90_fen;
    int64_t aged_fen;        /* due for longer than the policy's cross-ageing days */
    int64_t share_bp;        /* of all signed outstanding */
    bool is_cross_aged;
};

struct pipeline_result {
    const struct pipeline_contract *contracts; /* in order of contract id */
    size_t contract_count;
    const struct pipeline_payer *payers; /* in order of payer id; only payers with a contract */
    size_t payer_count;
    int64_t signed_value_fen;
    int64_t annual_public_income_fen; /* value of public contracts in service over the last 12 months, a day's share for each day */
    int64_t outstanding_fen;
    int64_t accepted_unpaid_fen;
    int64_t due_unaccepted_fen;
    int64_t future_fen;
    int64_t overdue_fen; /* of signed and closed contracts, as the next three */
    int64_t overdue_30_fen, overdue_60_fen, overdue_90_fen;
    int64_t disputed_fen, deducted_fen, retained_fen;
    int32_t payer_share_max_bp;
    int32_t authority_share_max_bp;
    int32_t budget_funded_bp;    /* of signed value */
    int32_t tier_mix_bp;         /* of signed value */
    int32_t remaining_months_x10;/* weighted by outstanding value */
    struct date last_end;        /* latest end of a signed contract; DATE_NONE without one */
    struct date last_milestone;  /* latest due day outstanding on a signed contract */
    int32_t public_contract_count; /* signed, public */
};

void pipeline_build(const struct dossier *dossier, const struct policy *policy, struct date as_of,
                    const struct delay_result *delay, struct arena *arena, struct pipeline_result *result);

#endif
