#include "api/codec/world_encode.h"

#include "api/codec/json_writer.h"
#include "generator/outcome.h"

#include <assert.h>

/* Members are written in ascending order of their names: see json_writer.h. */

static int32_t tenor_asked(const struct world *world)
{
    int32_t months = world->dossier->application.tenor_months;
    return months < WORLD_TENOR_MONTHS_MAX ? months : WORLD_TENOR_MONTHS_MAX;
}

static void write_outcome(struct json_writer *json, const char *name, const struct world *world, enum outcome_sweep sweep)
{
    const struct outcome_loan loan = {.amount_fen = world->dossier->application.amount_fen, .tenor_months = tenor_asked(world),
                                      .rate_bp = WORLD_ENCODE_RATE_BP, .sweep = sweep, .sweep_share_bp = WORLD_ENCODE_SWEEP_SHARE_BP};
    struct outcome outcome;

    outcome_measure(world, &loan, &outcome);
    json_write_object(json, name);
    json_write_integer(json, "owed_fen", outcome.owed_fen);
    json_write_integer(json, "repaid_day", outcome.repaid_day);
    json_write_boolean(json, "repaid_on_time", outcome.repaid_on_time);
    json_write_boolean(json, "repaid_within_90_days", outcome.repaid_within_90_days);
    json_write_integer(json, "wage_gap_day", outcome.wage_gap_day);
    json_write_integer(json, "wage_gap_fen", outcome.wage_gap_fen);
    json_write_end(json);
}

static void write_asked(struct json_writer *json, const struct world *world)
{
    json_write_object(json, "asked");
    write_outcome(json, "lockable", world, OUTCOME_SWEEP_LOCKABLE);
    write_outcome(json, "locked", world, OUTCOME_SWEEP_LOCKED);
    write_outcome(json, "unswept", world, OUTCOME_SWEEP_NONE);
    json_write_end(json);
}

static void write_flows(struct json_writer *json, const struct world *world)
{
    json_write_array(json, "flows");
    for (size_t i = 0; i < world->flow_count; i++) {
        const struct world_flow *flow = &world->flows[i];
        json_write_array(json, NULL);
        json_write_integer(json, NULL, flow->day);
        json_write_text(json, NULL, world_flow_kind_name(flow->kind));
        json_write_integer(json, NULL, flow->amount_fen);
        if (flow->is_payroll)
            json_write_boolean(json, NULL, true);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_payers(struct json_writer *json, const struct world *world)
{
    json_write_array(json, "payers");
    for (size_t i = 0; i < world->dossier->payer_count; i++) {
        const struct world_payer *payer = &world->payers[i];
        json_write_object(json, NULL);
        json_write_text(json, "id", world->dossier->payers[i].id);
        json_write_boolean(json, "pays_on_fixed_days", payer->pays_on_fixed_days);
        json_write_integer(json, "prompt_days", payer->prompt_days);
        json_write_integer(json, "stuck_days", payer->stuck_days);
        json_write_integer(json, "stuck_permille", payer->stuck_permille);
        json_write_end(json);
    }
    json_write_end(json);
}

enum zcd_code world_encode(const struct world *world, const char *file, struct buffer *json, struct zcd_error *err)
{
    struct date as_of = world->dossier->as_of;
    int32_t maturity_day = date_days_between(as_of, date_add_months(as_of, tenor_asked(world)));
    int64_t need_fen;
    int32_t first_day = outcome_first_shortfall(world, maturity_day, &need_fen);
    struct json_writer writer;

    assert(json != NULL);
    json_writer_init(&writer, json);
    json_write_object(&writer, NULL);
    write_asked(&writer, world);
    json_write_integer(&writer, "contracts_cut", world->contracts_cut);
    json_write_integer(&writer, "contracts_not_renewed", world->contracts_not_renewed);
    json_write_text(&writer, "dossier", file);
    json_write_integer(&writer, "first_shortfall_day", first_day);
    write_flows(&writer, world);
    json_write_integer(&writer, "horizon_days", world->horizon_days);
    json_write_integer(&writer, "need_fen", need_fen);
    json_write_integer(&writer, "opening_fen", world->opening_fen);
    write_payers(&writer, world);
    json_write_integer(&writer, "replaced_fen", world->replaced_fen);
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}
