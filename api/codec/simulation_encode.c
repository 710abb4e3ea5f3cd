#include "api/codec/simulation_encode.h"

#include "api/codec/json_writer.h"
#include "contracts/codelist.h"

#include <stdio.h>

/* Members are written in ascending order of their names: see json_writer.h. */

static const char *const SWAP_NAMES[COMPARISON_SWAPS] = {"both", "only_champion", "only_challenger", "neither"};

static void write_integer_unless_negative(struct json_writer *json, const char *name, int64_t value)
{
    if (value < 0)
        json_write_null(json, name);
    else
        json_write_integer(json, name, value);
}

static void write_texts(struct json_writer *json, const char *zh, const char *en)
{
    json_write_object(json, "text");
    json_write_text(json, "en", en);
    json_write_text(json, "zh", zh);
    json_write_end(json);
}

/* ------------------------------------------------------------------ tallies */

static void write_lending(struct json_writer *json, const char *name, const struct comparison_lending *lending)
{
    json_write_object(json, name);
    json_write_integer(json, "approved", lending->approved);
    json_write_integer(json, "expected_loss_fen", lending->expected_loss_fen);
    json_write_integer(json, "lent_fen", lending->lent_fen);
    write_integer_unless_negative(json, "rate_bp", comparison_rate_bp(lending));
    json_write_end(json);
}

static void write_tally_members(struct json_writer *json, const struct comparison_tally *tally)
{
    write_lending(json, "challenger", &tally->lending[COMPARISON_CHALLENGER]);
    write_lending(json, "champion", &tally->lending[COMPARISON_CHAMPION]);
    json_write_integer(json, "dossiers", tally->dossiers);
}

static void write_swaps(struct json_writer *json, const struct comparison_tally *tally)
{
    json_write_object(json, "swap");
    json_write_integer(json, "both", tally->swaps[COMPARISON_BOTH]);
    json_write_integer(json, "neither", tally->swaps[COMPARISON_NEITHER]);
    json_write_integer(json, "only_challenger", tally->swaps[COMPARISON_ONLY_CHALLENGER]);
    json_write_integer(json, "only_champion", tally->swaps[COMPARISON_ONLY_CHAMPION]);
    json_write_end(json);
}

static void write_segment(struct json_writer *json, const struct comparison_tally *tally, const char *name,
                          const char *zh, const char *en)
{
    if (tally->dossiers == 0)
        return;
    json_write_object(json, NULL);
    write_tally_members(json, tally);
    json_write_text(json, "segment", name);
    write_swaps(json, tally);
    write_texts(json, zh, en);
    json_write_end(json);
}

static void write_codes(struct json_writer *json, const char *name, const struct codelist *codes,
                        const struct comparison_tally *tallies)
{
    json_write_array(json, name);
    for (size_t i = 0; i < codes->row_count; i++) {
        const struct codelist_row *row = &codes->rows[i];
        write_segment(json, &tallies[row->number], row->name, row->zh, row->en);
    }
    json_write_end(json);
}

/* A province is named by its code; only the code has a name in both languages. */
static void write_provinces(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_array(json, "province");
    for (size_t i = 0; i < COMPARISON_PROVINCES; i++) {
        char zh[COMPARISON_PROVINCE_TEXT_SIZE];
        char code[8];
        (void)snprintf(code, sizeof code, "%02zu0000", i);
        write_segment(json, &comparison->by_province[i], code, comparison_province_text_zh(i, zh), code);
    }
    json_write_end(json);
}

static void write_segments(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_object(json, "segments");
    write_codes(json, "application", &CODELIST_APPLICATION_KIND, comparison->by_application);
    write_codes(json, "organisation", &CODELIST_ORGANISATION_KIND, comparison->by_body);
    write_provinces(json, comparison);
    json_write_array(json, "size");
    for (int i = 0; i < COMPARISON_SIZES; i++) {
        enum comparison_size size = (enum comparison_size)i;
        write_segment(json, &comparison->by_size[i], comparison_size_name(size), comparison_size_text_zh(size),
                      comparison_size_text_en(size));
    }
    json_write_end(json);
    json_write_end(json);
}

/* ------------------------------------------------------------------ shifts */

/* Rows are the champion's grades from 1 to 10, columns the challenger's. */
static void write_grades(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_array(json, "grade_shift");
    for (size_t i = 1; i < COMPARISON_GRADES; i++) {
        json_write_array(json, NULL);
        for (size_t j = 1; j < COMPARISON_GRADES; j++)
            json_write_integer(json, NULL, comparison->grades[i][j]);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_outcomes(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_array(json, "outcome_shift");
    for (int i = OUTCOME_APPROVE; i < COMPARISON_OUTCOMES; i++) {
        for (int j = OUTCOME_APPROVE; j < COMPARISON_OUTCOMES; j++) {
            if (comparison->outcomes[i][j] == 0)
                continue;
            json_write_object(json, NULL);
            json_write_text(json, "challenger", outcome_name((enum outcome)j));
            json_write_text(json, "champion", outcome_name((enum outcome)i));
            json_write_integer(json, "dossiers", comparison->outcomes[i][j]);
            json_write_end(json);
        }
    }
    json_write_end(json);
}

static void write_reasons(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_array(json, "reason_shift");
    for (size_t i = 0; i < reason_code_count(); i++) {
        enum reason_code code = reason_code_at(i);
        int64_t champion = comparison->reasons[COMPARISON_CHAMPION][code];
        int64_t challenger = comparison->reasons[COMPARISON_CHALLENGER][code];
        if (champion == 0 && challenger == 0)
            continue;
        json_write_object(json, NULL);
        json_write_integer(json, "challenger", challenger);
        json_write_integer(json, "champion", champion);
        json_write_text(json, "code", reason_code_name(code));
        write_texts(json, reason_code_text_zh(code), reason_code_text_en(code));
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_amounts(struct json_writer *json, const struct policy_comparison *comparison)
{
    json_write_object(json, "amounts_of_both");
    json_write_integer(json, "lowered", comparison->amounts_lowered);
    json_write_integer(json, "lowered_fen", comparison->lowered_fen);
    json_write_integer(json, "raised", comparison->amounts_raised);
    json_write_integer(json, "raised_fen", comparison->raised_fen);
    json_write_end(json);
}

/* ------------------------------------------------------------------ lists */

static void write_answer(struct json_writer *json, const char *name, const struct comparison_answer *answer)
{
    json_write_object(json, name);
    if (answer->first_reason == REASON_NONE)
        json_write_null(json, "first_reason");
    else
        json_write_text(json, "first_reason", reason_code_name(answer->first_reason));
    json_write_integer(json, "grade", answer->grade);
    json_write_integer(json, "limit_fen", answer->limit_fen);
    json_write_text(json, "outcome", outcome_name(answer->outcome));
    write_integer_unless_negative(json, "rate_bp", answer->rate_bp);
    json_write_end(json);
}

static void write_swap_list(struct json_writer *json, const struct simulation *simulation)
{
    json_write_array(json, "swapped");
    for (size_t i = 0; i < simulation->swap_count; i++) {
        const struct simulation_swap *row = &simulation->swaps[i];
        json_write_object(json, NULL);
        write_answer(json, "challenger", &row->answers[COMPARISON_CHALLENGER]);
        write_answer(json, "champion", &row->answers[COMPARISON_CHAMPION]);
        json_write_text(json, "file", row->file);
        json_write_text(json, "swap", SWAP_NAMES[row->swap]);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_bad_list(struct json_writer *json, const struct simulation *simulation)
{
    json_write_array(json, "bad");
    for (size_t i = 0; i < simulation->bad_count; i++) {
        json_write_object(json, NULL);
        json_write_text(json, "file", simulation->bad[i].file);
        json_write_text(json, "message", simulation->bad[i].message);
        json_write_text(json, "pointer", simulation->bad[i].pointer);
        json_write_end(json);
    }
    json_write_end(json);
    json_write_integer(json, "bad_total", simulation->bad_total);
}

/* ------------------------------------------------------------------ the whole */

static void write_policy(struct json_writer *json, const char *name, const struct simulation_policy *policy,
                         int64_t not_in_force)
{
    json_write_object(json, name);
    json_write_text(json, "id", policy->policy->id);
    json_write_integer(json, "not_in_force", not_in_force);
    json_write_text(json, "sha256", policy->sha256);
    json_write_text(json, "version", policy->policy->version);
    json_write_end(json);
}

static void write_policies(struct json_writer *json, const struct simulation *simulation,
                           const struct simulation_policy policies[COMPARISON_SIDES])
{
    const int64_t *not_in_force = simulation->comparison.not_in_force;

    json_write_object(json, "policies");
    write_policy(json, "challenger", &policies[COMPARISON_CHALLENGER], not_in_force[COMPARISON_CHALLENGER]);
    write_policy(json, "champion", &policies[COMPARISON_CHAMPION], not_in_force[COMPARISON_CHAMPION]);
    json_write_end(json);
}

enum zcd_code simulation_encode(const struct simulation *simulation,
                                const struct simulation_policy policies[COMPARISON_SIDES], struct buffer *json,
                                struct zcd_error *err)
{
    const struct policy_comparison *comparison = &simulation->comparison;
    struct json_writer writer;

    json_writer_init(&writer, json);
    json_write_object(&writer, NULL);
    write_amounts(&writer, comparison);
    write_bad_list(&writer, simulation);
    write_grades(&writer, comparison);
    write_outcomes(&writer, comparison);
    write_policies(&writer, simulation, policies);
    write_reasons(&writer, comparison);
    json_write_text(&writer, "schema", SIMULATION_SCHEMA);
    write_segments(&writer, comparison);
    write_swaps(&writer, &comparison->total);
    write_swap_list(&writer, simulation);
    json_write_object(&writer, "total");
    write_tally_members(&writer, &comparison->total);
    json_write_end(&writer);
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}
