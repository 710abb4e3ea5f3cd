#include "contracts/payer.h"

#include "contracts/check_internal.h"
#include "contracts/dossier.h"
#include "contracts/field_rule_internal.h"

#include <string.h>

static const struct field_rule PAYER_RULES[] = {
    FIELD_RULE(struct payer, name, NAME),
    FIELD_RULE(struct payer, level, CODE, .codes = &CODELIST_PAYER_LEVEL),
};

static const struct field_rule EXPERIENCE_RULES[] = {
    FIELD_RULE(struct payer_experience, level, CODE, .codes = &CODELIST_PAYER_LEVEL, .optional = true),
    FIELD_RULE(struct payer_experience, fund_source, CODE, .codes = &CODELIST_FUND_SOURCE, .optional = true),
    FIELD_RULE(struct payer_experience, events_ppm, PPM),
    FIELD_RULE(struct payer_experience, exposure_ppm, PPM),
};

bool payer_is_public(const struct payer *payer)
{
    switch (payer->level) {
    case PAYER_LEVEL_CENTRAL:
    case PAYER_LEVEL_PROVINCE:
    case PAYER_LEVEL_CITY:
    case PAYER_LEVEL_DISTRICT:
    case PAYER_LEVEL_TOWNSHIP:
    case PAYER_LEVEL_VILLAGE:
    case PAYER_LEVEL_PUBLIC_INSTITUTION:
    case PAYER_LEVEL_MASS_ORGANISATION:
        return true;
    case PAYER_LEVEL_NONE:
    case PAYER_LEVEL_ENTERPRISE:
    case PAYER_LEVEL_DONOR:
        break;
    }
    return false;
}

static bool has_uscc(const struct payer *payer)
{
    return payer->uscc.text[0] != '\0';
}

/* A legal person split into two payers would slip under the concentration caps. */
static void check_identity(const struct payer *payers, size_t index, const struct organisation *organisation,
                           const struct error_place *place)
{
    const struct payer *payer = &payers[index];

    if (!has_uscc(payer))
        return;
    if (uscc_equal(&payer->uscc, &organisation->uscc))
        error_add(place, "uscc", "is the organisation's own");
    for (size_t i = 0; i < index; i++) {
        if (has_uscc(&payers[i]) && uscc_equal(&payers[i].uscc, &payer->uscc)) {
            error_add(place, "uscc", "repeats the USCC of payer %zu", i);
            return;
        }
    }
}

void payers_check(const struct payer *payers, size_t count, const struct organisation *organisation,
                  const struct error_place *place)
{
    for (size_t i = 0; i < count; i++) {
        const struct error_place row = error_place_row(place, NULL, i);
        FIELD_RULES_CHECK(PAYER_RULES, &payers[i], DATE_NONE, &row);
        if (payers[i].region.code[0] == '\0' && payer_is_public(&payers[i]))
            error_add(&row, "region", "is not given; only enterprises and donors may be without");
        check_identity(payers, i, organisation, &row);
    }
}

static bool is_of_payer(const struct payer_experience *row)
{
    return row->payer[0] != '\0';
}

static bool is_same_subject(const struct payer_experience *a, const struct payer_experience *b)
{
    if (is_of_payer(a) || is_of_payer(b))
        return strcmp(a->payer, b->payer) == 0;
    return a->level == b->level && a->fund_source == b->fund_source;
}

static void check_experience(const struct payer_experience *rows, size_t index, const struct error_place *place)
{
    const struct payer_experience *row = &rows[index];
    bool has_level = row->level != PAYER_LEVEL_NONE;
    bool has_source = row->fund_source != FUND_SOURCE_NONE;

    FIELD_RULES_CHECK(EXPERIENCE_RULES, row, DATE_NONE, place);
    if (is_of_payer(row) && (has_level || has_source))
        error_add(place, NULL, "has both a payer and a class");
    else if (!is_of_payer(row) && !(has_level && has_source))
        error_add(place, NULL, "has neither a payer nor a level with a fund_source");
    for (size_t i = 0; i < index; i++) {
        if (is_same_subject(&rows[i], row)) {
            error_add(place, NULL, "repeats the payer or class of row %zu", i);
            return;
        }
    }
}

void payer_experience_check(const struct payer_experience *rows, size_t count, const struct error_place *place)
{
    for (size_t i = 0; i < count; i++) {
        const struct error_place row = error_place_row(place, NULL, i);
        check_experience(rows, i, &row);
    }
}
