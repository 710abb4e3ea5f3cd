/*
 * sample_dossier.h - one valid dossier with every member in it, and small edits to it.
 *
 * The organisation's name and figures are invented; its USCC is a published code with both check characters right
 * (52440300MJL186084F, Shenzhen), as are the payers' (12440300455752807L, 53310000MJ49517770).
 */
#ifndef TESTS_CONTRACTS_SAMPLE_DOSSIER_H
#define TESTS_CONTRACTS_SAMPLE_DOSSIER_H

#include "api/codec/dossier_decode.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char SAMPLE_DOSSIER[] =
    "{\"schema\": \"zhengcaidai/dossier/1\", \"as_of\": \"2020-10-19\", \"provenance\": \"invented for tests\","
    " \"organisation\": {"
    "  \"uscc\": \"52440300MJL186084F\", \"name\": \"\xe6\xb5\x8b\xe8\xaf\x95\", \"kind\": \"social_service_institution\","
    "  \"registered_on\": \"2009-11-30\", \"region\": \"440307\", \"registration_status\": \"active\","
    "  \"annual_inspections\": [{\"year\": 2018, \"result\": \"qualified\"}, {\"year\": 2019, \"result\": \"qualified\"}],"
    "  \"grade\": {\"level\": \"5A\", \"granted_on\": \"2018-12-01\"},"
    "  \"service_evaluations\": [{\"year\": 2018, \"result\": \"good\"}, {\"year\": 2019, \"result\": \"excellent\"}],"
    "  \"lists\": [{\"list\": \"abnormal_activity\", \"entered_on\": \"2016-05-04\", \"removed_on\": \"2016-09-30\"}],"
    "  \"staff\": [{\"on\": \"2019-09-30\", \"total\": 580},"
    "              {\"on\": \"2020-09-30\", \"total\": 612, \"licensed_assistant\": 214, \"licensed_intermediate\": 96,"
    "               \"licensed_senior\": 1}],"
    "  \"stations\": 24, \"payroll_month_fen\": 390000000, \"payroll_day\": 10, \"thirteenth_month\": true,"
    "  \"other_costs_month_fen\": 35000000, \"cash_fen\": 210000000, \"restricted_cash_fen\": 30000000,"
    "  \"wages_payable_fen\": 0,"
    "  \"statements\": [{\"year\": 2018, \"regime\": \"2004\", \"income_fen\": 4000000000},"
    "                   {\"year\": 2019, \"regime\": \"2004\", \"income_fen\": 5000000000, \"public_income_fen\": 4700000000,"
    "                    \"cost_fen\": 4950000000, \"unrestricted_net_assets_fen\": -400, \"restricted_net_assets_fen\": 50000000,"
    "                    \"receivables_fen\": 900000000, \"liabilities_fen\": 300000000}]},"
    " \"payers\": [{\"id\": \"p1\", \"name\": \"District bureau\", \"level\": \"district\", \"region\": \"440307\"},"
    "              {\"id\": \"p2\", \"uscc\": \"12440300455752807L\", \"name\": \"Campus\", \"level\": \"public_institution\","
    "               \"region\": \"440305\"},"
    "              {\"id\": \"p3\", \"uscc\": \"53310000MJ49517770\", \"name\": \"Fund\", \"level\": \"donor\"}],"
    " \"payer_experience\": [{\"level\": \"district\", \"fund_source\": \"department_budget\", \"events_ppm\": 41250000,"
    "                         \"exposure_ppm\": 52800000},"
    "                        {\"payer\": \"p2\", \"events_ppm\": 7000000, \"exposure_ppm\": 9100000}],"
    " \"linked_resources\": [{\"kind\": \"volunteers\", \"on\": \"2020-06-30\", \"count\": 1200, \"amount_fen\": 0,"
    "                         \"note\": \"two\\nlines\"}],"
    " \"contracts\": [{"
    "   \"id\": \"c1\", \"title\": \"Station\", \"payer\": \"p2\", \"tier\": \"township_station\","
    "   \"fund_source\": \"department_budget\", \"stage\": \"performing\", \"value_fen\": 600, \"unscheduled_fen\": 100,"
    "   \"awarded_on\": \"2019-12-20\", \"signed_on\": \"2020-01-06\", \"published_on\": \"2020-01-07\","
    "   \"starts_on\": \"2020-01-01\", \"ends_on\": \"2020-12-31\", \"payment_term_days\": 30, \"trigger\": \"acceptance\","
    "   \"renewals\": 2, \"service_evaluation\": \"excellent\", \"retained_fen\": 5, \"disputed_fen\": 7,"
    "   \"security\": {\"account_locked\": true, \"pledge_registration\": null, \"buyer_confirmed\": false},"
    "   \"milestones\": ["
    "     {\"id\": \"m1\", \"title\": \"First quarter\", \"due_on\": \"2020-03-31\", \"amount_fen\": 240,"
    "      \"accepted_on\": \"2020-04-08\", \"invoiced_on\": \"2020-04-09\", \"deducted_fen\": 10,"
    "      \"payments\": [{\"id\": \"t1\", \"paid_on\": \"2020-05-20\", \"amount_fen\": 100},"
    "                     {\"id\": \"t2\", \"paid_on\": \"2020-05-30\", \"amount_fen\": 130}]},"
    "     {\"id\": \"m2\", \"due_on\": \"2020-12-31\", \"amount_fen\": 260, \"accepted_on\": null, \"payments\": []}]},"
    "  {\"id\": \"c2\", \"payer\": \"p3\", \"fund_source\": \"charity\", \"stage\": \"awarded\", \"value_fen\": 50,"
    "   \"unscheduled_fen\": 50, \"awarded_on\": \"2020-10-19\", \"payment_term_days\": 0, \"trigger\": \"date\"}],"
    " \"facilities\": [{"
    "   \"id\": \"f1\", \"lender\": \"Bank\", \"product\": \"zhengcaidai\", \"limit_fen\": 500, \"outstanding_fen\": 500,"
    "   \"opened_on\": \"2019-10-23\", \"matures_on\": \"2021-10-22\", \"classification\": \"normal\","
    "   \"pledged_contracts\": [\"c2\", \"c1\"],"
    "   \"instalments\": [{\"due_on\": \"2019-12-21\", \"principal_fen\": 0, \"interest_fen\": 16,"
    "                      \"payments\": [{\"paid_on\": \"2019-12-21\", \"amount_fen\": 16}]}],"
    "   \"deferrals\": [{\"agreed_on\": \"2020-05-10\", \"from\": \"2020-05-21\", \"to\": \"2020-08-21\","
    "                    \"cause\": \"payer_delay\"}]}],"
    " \"application\": {\"id\": \"a1\", \"kind\": \"renewal\", \"amount_fen\": 500000000, \"tenor_months\": 12,"
    "                   \"purpose\": \"payroll\", \"requested_on\": \"2020-10-19\", \"facility\": \"f1\","
    "                   \"collateral_fen\": 0}}";

/* A test whose own data are wrong stops, in every build. */
static inline void sample_must(bool holds)
{
    if (!holds)
        abort();
}

/* The member or element that a pointer without escapes names, or NULL; *last is its own name, *parent holds it. */
static inline void sample_walk(json_t *root, const char *pointer, json_t **parent, char last[64])
{
    char text[256];
    sample_must(strlen(pointer) < sizeof text);
    strcpy(text, pointer);

    json_t *at = root;
    char *rest = NULL;
    char *segment = strtok_r(text, "/", &rest);
    for (char *next = strtok_r(NULL, "/", &rest); next != NULL; next = strtok_r(NULL, "/", &rest)) {
        at = json_is_array(at) ? json_array_get(at, (size_t)strtoul(segment, NULL, 10)) : json_object_get(at, segment);
        sample_must(at != NULL);
        segment = next;
    }
    *parent = at;
    sample_must(strlen(segment) < 64);
    strcpy(last, segment);
}

/*
 * Put a value where the pointer says, or take the member away (value NULL). In an array, "-" appends.
 *   value  in  JSON text; "=/pointer" copies what stands there
 */
static inline void sample_edit(json_t *root, const char *pointer, const char *value)
{
    json_t *parent;
    char last[64];
    sample_walk(root, pointer, &parent, last);
    if (value == NULL) {
        int failed = json_is_array(parent) ? json_array_remove(parent, (size_t)strtoul(last, NULL, 10))
                                           : json_object_del(parent, last);
        sample_must(failed == 0);
        return;
    }

    json_t *given;
    if (value[0] == '=') {
        json_t *from;
        char name[64];
        sample_walk(root, value + 1, &from, name);
        given = json_deep_copy(json_is_array(from) ? json_array_get(from, (size_t)strtoul(name, NULL, 10))
                                                   : json_object_get(from, name));
    } else {
        given = json_loads(value, JSON_DECODE_ANY, NULL);
    }
    sample_must(given != NULL);
    int failed;
    if (!json_is_array(parent))
        failed = json_object_set_new(parent, last, given);
    else if (strcmp(last, "-") == 0)
        failed = json_array_append_new(parent, given);
    else
        failed = json_array_set_new(parent, (size_t)strtoul(last, NULL, 10), given);
    sample_must(failed == 0);
}

/* Edits separated by " ; ", each "POINTER VALUE", or "POINTER" alone to take it away. */
static inline void sample_edit_all(json_t *root, const char *edits)
{
    char text[1024];
    sample_must(strlen(edits) < sizeof text);
    strcpy(text, edits);

    for (char *edit = text; edit != NULL;) {
        char *next = strstr(edit, " ; ");
        if (next != NULL) {
            *next = '\0';
            next += 3;
        }
        char *value = strchr(edit, ' ');
        if (value != NULL)
            *value++ = '\0';
        sample_edit(root, edit, value);
        edit = next;
    }
}

/* Decode a JSON text. */
static inline enum zcd_code sample_decode_text(const char *json, struct arena *arena, const struct dossier **dossier,
                                               struct zcd_error *err)
{
    return dossier_decode((struct bytes){(const uint8_t *)json, strlen(json)}, arena, dossier, err);
}

static inline enum zcd_code sample_decode_root(const json_t *root, struct arena *arena, const struct dossier **dossier,
                                               struct zcd_error *err)
{
    char *json = json_dumps(root, JSON_COMPACT);
    enum zcd_code code = sample_decode_text(json, arena, dossier, err);
    free(json);
    return code;
}

/* Decode the sample after the edits. */
static inline enum zcd_code sample_decode_edited(const char *edits, struct arena *arena, const struct dossier **dossier,
                                                 struct zcd_error *err)
{
    json_t *root = json_loads(SAMPLE_DOSSIER, JSON_REJECT_DUPLICATES, NULL);
    sample_must(root != NULL);
    if (edits[0] != '\0')
        sample_edit_all(root, edits);
    enum zcd_code code = sample_decode_root(root, arena, dossier, err);
    json_decref(root);
    return code;
}

#endif
