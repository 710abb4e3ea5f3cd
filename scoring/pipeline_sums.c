#include "scoring/pipeline_sums.h"

struct pipeline_sums pipeline_sums_of(const struct pipeline_contract *row)
{
    struct pipeline_sums sums = {.contract_count = 1,
                                 .value_fen = row->contract->value_fen,
                                 .received_fen = row->paid_fen,
                                 .deducted_fen = row->deducted_fen,
                                 .outstanding_fen = row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen,
                                 .accepted_unpaid_fen = row->accepted_unpaid_fen,
                                 .due_unaccepted_fen = row->due_unaccepted_fen,
                                 .future_fen = row->future_fen,
                                 .overdue_fen = row->overdue_fen,
                                 .overdue_90_fen = row->overdue_90_fen};

    sums.scheduled_fen = sums.received_fen + sums.deducted_fen + sums.outstanding_fen;
    return sums;
}

static void add(struct pipeline_sums *sums, const struct pipeline_contract *row)
{
    const struct pipeline_sums one = pipeline_sums_of(row);

    sums->contract_count += one.contract_count;
    sums->value_fen += one.value_fen;
    sums->scheduled_fen += one.scheduled_fen;
    sums->received_fen += one.received_fen;
    sums->deducted_fen += one.deducted_fen;
    sums->outstanding_fen += one.outstanding_fen;
    sums->accepted_unpaid_fen += one.accepted_unpaid_fen;
    sums->due_unaccepted_fen += one.due_unaccepted_fen;
    sums->future_fen += one.future_fen;
    sums->overdue_fen += one.overdue_fen;
    sums->overdue_90_fen += one.overdue_90_fen;
}

struct pipeline_sums pipeline_sums_of_payer(const struct pipeline_result *pipeline, size_t payer_index)
{
    struct pipeline_sums sums = {.contract_count = 0};

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        if (pipeline->contracts[i].contract->payer_index == payer_index)
            add(&sums, &pipeline->contracts[i]);
    }
    return sums;
}

enum { TIERS = CONTRACT_TIER_OTHER + 1, STAGES = CONTRACT_STAGE_TERMINATED + 1 };

size_t pipeline_group_contracts(const struct pipeline_result *pipeline, struct arena *arena,
                                const struct pipeline_group **groups)
{
    struct pipeline_sums sums[TIERS][STAGES] = {{{0}}};
    struct pipeline_group *rows = ARENA_NEW(arena, struct pipeline_group, (size_t)TIERS * STAGES);
    size_t count = 0;

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        add(&sums[row->contract->tier][row->contract->stage], row);
    }
    for (int tier = 0; tier < TIERS; tier++) {
        for (int stage = 0; stage < STAGES; stage++) {
            if (sums[tier][stage].contract_count > 0)
                rows[count++] =
                    (struct pipeline_group){(enum contract_tier)tier, (enum contract_stage)stage, sums[tier][stage]};
        }
    }
    *groups = rows;
    return count;
}
