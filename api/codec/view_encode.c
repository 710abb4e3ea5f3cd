#include "api/codec/view_encode.h"

#include "api/codec/json_values.h"
#include "api/codec/json_writer.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "scoring/pipeline_sums.h"

#include <jansson.h>
#include <string.h>

#define WEEK_DAYS 7

/* Members are written in ascending order of their names: see json_writer.h. */

/* A view on its way. */
struct encoding {
    const struct view *view;
    struct json_writer json;
    json_t *decision; /* the document, read again */
    struct zcd_error err;
};

static enum zcd_code begin(const struct view *view, struct buffer *text, struct encoding *encoding, struct zcd_error *err)
{
    *encoding = (struct encoding){.view = view};
    if (canonical_json_decode(view->document, &encoding->decision, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "a decision that was made here cannot be read");
    json_writer_init(&encoding->json, text);
    json_write_object(&encoding->json, NULL);
    return ZCD_OK;
}

static void done(struct encoding *encoding)
{
    json_decref(encoding->decision);
}

/* A member of the decision, byte for byte as it stands there. */
static void write_part(struct encoding *encoding, const char *name)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    const json_t *part = json_object_get(encoding->decision, name);

    if (part == NULL || canonical_json_encode(part, &text, &encoding->err) != ZCD_OK)
        (void)zcd_fail(&encoding->err, ZCD_CORRUPT, "a decision that was made here lacks a part");
    else
        json_write_canonical(&encoding->json, name, buffer_bytes(&text));
}

static void write_text_or_null(struct json_writer *json, const char *name, const char *text)
{
    if (text == NULL || *text == '\0')
        json_write_null(json, name);
    else
        json_write_text(json, name, text);
}

static void write_code_or_null(struct json_writer *json, const char *name, const struct codelist *list, int number)
{
    write_text_or_null(json, name, number == 0 ? NULL : codelist_name(list, number));
}

static enum zcd_code finish(struct encoding *encoding, struct zcd_error *err)
{
    json_write_text(&encoding->json, "uscc", encoding->view->dossier->organisation.uscc.text);
    json_write_end(&encoding->json);
    if (encoding->err.code != ZCD_OK)
        *err = encoding->err;
    return encoding->err.code != ZCD_OK ? err->code : json_writer_finish(&encoding->json, err);
}

/* ------------------------------------------------------------------- cashflow */

static void write_weeks(struct json_writer *json, struct date as_of, const struct cashflow_expectation *expectation)
{
    json_write_array(json, "weeks");
    for (int32_t i = 0; i < expectation->weeks; i++) {
        const struct cashflow_expected_week *week = &expectation->rows[i];
        json_write_object(json, NULL);
        json_write_date(json, "begins_on", date_add_days(as_of, i * WEEK_DAYS));
        json_write_integer(json, "outlook_payments_fen", week->outlook_payment_fen);
        json_write_integer(json, "outlook_receipts_fen", week->outlook_receipt_fen);
        json_write_integer(json, "payments_fen", week->payment_fen);
        json_write_integer(json, "receipts_fen", week->receipt_fen);
        json_write_end(json);
    }
    json_write_end(json);
}

enum zcd_code view_encode_cashflow(const struct view *view, const struct cashflow_expectation *expectation,
                                   struct buffer *text, struct zcd_error *err)
{
    ZCD_AUTO(done)
    struct encoding encoding;
    struct json_writer *json = &encoding.json;

    if (begin(view, text, &encoding, err) != ZCD_OK)
        return err->code;
    write_part(&encoding, "as_of");
    write_part(&encoding, "cashflow");
    write_part(&encoding, "engine");
    json_write_object(json, "expected");
    json_write_integer(json, "opening_fen", expectation->opening_fen);
    write_weeks(json, view->decision->as_of, expectation);
    json_write_end(json);
    write_text_or_null(json, "known_at", view->known_at);
    json_write_text(json, "lender", view->lender);
    write_part(&encoding, "policy");
    write_part(&encoding, "slip");
    return finish(&encoding, err);
}

/* ------------------------------------------------------------------- pipeline */

static void write_amounts(struct json_writer *json, const struct pipeline_sums *sums)
{
    json_write_object(json, "amounts");
    json_write_integer(json, "accepted_unpaid_fen", sums->accepted_unpaid_fen);
    json_write_integer(json, "deducted_fen", sums->deducted_fen);
    json_write_integer(json, "due_unaccepted_fen", sums->due_unaccepted_fen);
    json_write_integer(json, "future_fen", sums->future_fen);
    json_write_integer(json, "outstanding_fen", sums->outstanding_fen);
    json_write_integer(json, "overdue_90_fen", sums->overdue_90_fen);
    json_write_integer(json, "overdue_fen", sums->overdue_fen);
    json_write_integer(json, "received_fen", sums->received_fen);
    json_write_integer(json, "scheduled_fen", sums->scheduled_fen);
    json_write_integer(json, "value_fen", sums->value_fen);
    json_write_end(json);
}

static void write_contract(struct json_writer *json, const struct dossier *dossier, const struct pipeline_contract *row)
{
    const struct contract *contract = row->contract;
    const struct pipeline_sums sums = pipeline_sums_of(row);

    json_write_object(json, NULL);
    write_amounts(json, &sums);
    json_write_date(json, "ends_on", contract->ends_on);
    json_write_text(json, "fund_source", codelist_name(&CODELIST_FUND_SOURCE, (int)contract->fund_source));
    json_write_text(json, "id", contract->id);
    json_write_text(json, "payer", dossier->payers[contract->payer_index].id);
    json_write_boolean(json, "signed", row->is_signed);
    json_write_text(json, "stage", codelist_name(&CODELIST_CONTRACT_STAGE, (int)contract->stage));
    json_write_date(json, "starts_on", contract->starts_on);
    write_code_or_null(json, "tier", &CODELIST_CONTRACT_TIER, (int)contract->tier);
    write_text_or_null(json, "title", contract->title);
    json_write_end(json);
}

static void write_contracts(struct json_writer *json, const struct view *view)
{
    const struct pipeline_result *pipeline = &view->decision->pipeline;

    json_write_array(json, "contracts");
    for (size_t i = 0; i < pipeline->contract_count; i++)
        write_contract(json, view->dossier, &pipeline->contracts[i]);
    json_write_end(json);
}

static void write_groups(struct json_writer *json, const struct view *view)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct pipeline_group *groups;
    size_t count = pipeline_group_contracts(&view->decision->pipeline, &arena, &groups);

    json_write_array(json, "groups");
    for (size_t i = 0; i < count; i++) {
        json_write_object(json, NULL);
        write_amounts(json, &groups[i].sums);
        json_write_integer(json, "contracts", (int64_t)groups[i].sums.contract_count);
        json_write_text(json, "stage", codelist_name(&CODELIST_CONTRACT_STAGE, (int)groups[i].stage));
        write_code_or_null(json, "tier", &CODELIST_CONTRACT_TIER, (int)groups[i].tier);
        json_write_end(json);
    }
    json_write_end(json);
}

enum zcd_code view_encode_pipeline(const struct view *view, struct buffer *text, struct zcd_error *err)
{
    ZCD_AUTO(done)
    struct encoding encoding;
    struct json_writer *json = &encoding.json;

    if (begin(view, text, &encoding, err) != ZCD_OK)
        return err->code;
    write_part(&encoding, "as_of");
    write_contracts(json, view);
    write_part(&encoding, "engine");
    write_groups(json, view);
    write_text_or_null(json, "known_at", view->known_at);
    json_write_text(json, "lender", view->lender);
    write_part(&encoding, "pipeline");
    write_part(&encoding, "policy");
    return finish(&encoding, err);
}

/* --------------------------------------------------------------------- payers */

static void write_shares(struct json_writer *json, int64_t events_ppm, int64_t exposure_ppm)
{
    json_write_integer(json, "events_ppm", events_ppm);
    json_write_integer(json, "exposure_ppm", exposure_ppm);
}

/* The dossier's row of that payer, or of that class with payer_index SIZE_MAX; NULL where the book knows nothing. */
static const struct payer_experience *find_experience(const struct dossier *dossier, size_t payer_index,
                                                      enum payer_level level, enum fund_source source)
{
    for (size_t i = 0; i < dossier->payer_experience_count; i++) {
        const struct payer_experience *row = &dossier->payer_experience[i];
        if (row->payer_index == payer_index && (payer_index != SIZE_MAX || (row->level == level && row->fund_source == source)))
            return row;
    }
    return NULL;
}

static void write_book(struct json_writer *json, const struct payer_experience *row)
{
    if (row == NULL) {
        json_write_null(json, "book");
        return;
    }
    json_write_object(json, "book");
    write_shares(json, row->events_ppm, row->exposure_ppm);
    json_write_end(json);
}

/* The curves from `first` on that are this payer's: of each, what the book knows of its class. */
static void write_classes(struct json_writer *json, const struct view *view, size_t first)
{
    const struct delay_result *delay = &view->decision->delay;
    size_t payer_index = delay->curves[first].payer_index;
    enum payer_level level = view->dossier->payers[payer_index].level;

    json_write_array(json, "classes");
    for (size_t i = first; i < delay->curve_count && delay->curves[i].payer_index == payer_index; i++) {
        json_write_object(json, NULL);
        write_book(json, find_experience(view->dossier, SIZE_MAX, level, delay->curves[i].fund_source));
        json_write_text(json, "fund_source", codelist_name(&CODELIST_FUND_SOURCE, (int)delay->curves[i].fund_source));
        json_write_text(json, "level", codelist_name(&CODELIST_PAYER_LEVEL, (int)level));
        json_write_end(json);
    }
    json_write_end(json);
}

/* One payer; a curve has its own milestones and the book's together. */
static void write_experience(struct json_writer *json, const struct view *view, size_t first)
{
    const struct delay_curve *curve = &view->decision->delay.curves[first];
    const struct payer_experience *book =
        find_experience(view->dossier, curve->payer_index, PAYER_LEVEL_NONE, FUND_SOURCE_NONE);
    const struct pipeline_sums sums = pipeline_sums_of_payer(&view->decision->pipeline, curve->payer_index);

    json_write_object(json, NULL);
    write_amounts(json, &sums);
    write_book(json, book);
    write_classes(json, view, first);
    json_write_integer(json, "contracts", (int64_t)sums.contract_count);
    json_write_object(json, "own");
    write_shares(json, curve->events_ppm - (book == NULL ? 0 : book->events_ppm),
                 curve->exposure_ppm - (book == NULL ? 0 : book->exposure_ppm));
    json_write_integer(json, "observations", curve->observations);
    json_write_end(json);
    json_write_text(json, "payer", view->dossier->payers[curve->payer_index].id);
    json_write_end(json);
}

enum zcd_code view_encode_payers(const struct view *view, struct buffer *text, struct zcd_error *err)
{
    ZCD_AUTO(done)
    struct encoding encoding;
    struct json_writer *json = &encoding.json;
    const struct delay_result *delay = &view->decision->delay;

    if (begin(view, text, &encoding, err) != ZCD_OK)
        return err->code;
    write_part(&encoding, "as_of");
    write_part(&encoding, "engine");
    json_write_array(json, "experience");
    for (size_t i = 0; i < delay->curve_count; i++) {
        if (i == 0 || delay->curves[i - 1].payer_index != delay->curves[i].payer_index)
            write_experience(json, view, i);
    }
    json_write_end(json);
    write_text_or_null(json, "known_at", view->known_at);
    json_write_text(json, "lender", view->lender);
    write_part(&encoding, "payers");
    write_part(&encoding, "policy");
    return finish(&encoding, err);
}

/* -------------------------------------------------------------------- renewal */

static bool is_renewal(const struct view *view)
{
    return view->dossier->application.kind == APPLICATION_KIND_RENEWAL;
}

static void write_application(struct json_writer *json, const struct view *view)
{
    const struct application *application = &view->dossier->application;

    if (!is_renewal(view)) {
        json_write_null(json, "application");
        return;
    }
    json_write_object(json, "application");
    json_write_integer(json, "amount_fen", application->amount_fen);
    json_write_text(json, "facility", application->facility);
    json_write_text(json, "kind", codelist_name(&CODELIST_APPLICATION_KIND, (int)application->kind));
    json_write_text(json, "purpose", codelist_name(&CODELIST_APPLICATION_PURPOSE, (int)application->purpose));
    json_write_integer(json, "tenor_months", application->tenor_months);
    json_write_end(json);
}

/* Those that something is owed on, in the order of their ids. */
static void write_facilities(struct json_writer *json, const struct dossier *dossier)
{
    json_write_array(json, "facilities");
    for (size_t i = 0; i < dossier->facility_count; i++) {
        const struct facility *facility = &dossier->facilities[i];
        if (facility->outstanding_fen == 0)
            continue;
        json_write_object(json, NULL);
        json_write_text(json, "classification", codelist_name(&CODELIST_FACILITY_CLASSIFICATION, (int)facility->classification));
        json_write_text(json, "id", facility->id);
        json_write_text(json, "lender", facility->lender);
        json_write_date(json, "matures_on", facility->matures_on);
        json_write_integer(json, "outstanding_fen", facility->outstanding_fen);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_part_of_renewal(struct encoding *encoding, const char *name)
{
    if (is_renewal(encoding->view))
        write_part(encoding, name);
    else
        json_write_null(&encoding->json, name);
}

enum zcd_code view_encode_renewal(const struct view *view, struct buffer *text, struct zcd_error *err)
{
    ZCD_AUTO(done)
    struct encoding encoding;
    struct json_writer *json = &encoding.json;

    if (begin(view, text, &encoding, err) != ZCD_OK)
        return err->code;
    write_application(json, view);
    write_part(&encoding, "as_of");
    write_part_of_renewal(&encoding, "conditions");
    write_part_of_renewal(&encoding, "counterfactual_search");
    write_part_of_renewal(&encoding, "counterfactuals");
    write_part(&encoding, "engine");
    write_part_of_renewal(&encoding, "evidence_needed");
    write_facilities(json, view->dossier);
    write_part_of_renewal(&encoding, "green_channel");
    write_text_or_null(json, "known_at", view->known_at);
    json_write_text(json, "lender", view->lender);
    write_part_of_renewal(&encoding, "limit_fen");
    write_part_of_renewal(&encoding, "outcome");
    write_part(&encoding, "policy");
    write_part_of_renewal(&encoding, "reasons");
    write_part_of_renewal(&encoding, "renewal");
    return finish(&encoding, err);
}
