#include "generator/world.h"

#include "generator/world_internal.h"

#include <assert.h>

const char *world_flow_kind_name(enum world_flow_kind kind)
{
    switch (kind) {
    case WORLD_FLOW_COST:
        return "cost";
    case WORLD_FLOW_RECEIPT:
        return "receipt";
    case WORLD_FLOW_RECEIPT_LOCKED:
        return "receipt_locked";
    case WORLD_FLOW_RECEIPT_LOCKABLE:
        return "receipt_lockable";
    }
    assert(false);
    return "";
}

void world_generate(uint64_t seed, uint32_t number, struct arena *arena, struct world *world)
{
    struct story story = {.seed = chance_seed_of(seed, number), .arena = arena, .number = number};

    assert(arena != NULL);
    assert(world != NULL);
    character_draw(&story);
    lives_draw(&story);
    *world = (struct world){.dossier = portrait_draw(&story), .horizon_days = story.horizon - story.as_of.days};

    const struct organisation *organisation = &world->dossier->organisation;
    int64_t restricted_fen = organisation->restricted_cash_fen == DOSSIER_FEN_NONE ? 0 : organisation->restricted_cash_fen;
    world->opening_fen = organisation->cash_fen - restricted_fen;

    struct world_payer *payers = ARENA_NEW(arena, struct world_payer, story.payer_count);
    for (size_t i = 0; i < story.payer_count; i++)
        payers[i] = story.payers[i].truth;
    world->payers = payers;
    future_list(&story, world);
}
