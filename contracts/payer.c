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
static enum zcd_code check_identity(const struct payer *payers, size_t index, const struct organisation *organisation,
                                    struct zcd_error *err)
{
    const struct payer *payer = &payers[index];

    if (!has_uscc(payer))
        return ZCD_OK;
    if (uscc_equal(&payer->uscc, &organisation->uscc))
        return fail_member(err, "uscc", "is the organisation's own");
    for (size_t i = 0; i < index; i++) {
        if (has_uscc(&payers[i]) && uscc_equal(&payers[i].uscc, &payer->uscc))
            return fail_member(err, "uscc", "repeats the USCC of payer %zu", i);
    }
    return ZCD_OK;
}

static enum zcd_code check_payer(const struct payer *payers, size_t index, const struct organisation *organisation,
                                 struct zcd_error *err)
{
    const struct payer *payer = &payers[index];
    enum zcd_code code = FIELD_RULES_CHECK(PAYER_RULES, payer, DATE_NONE, err);
    if (code != ZCD_OK)
        return code;
    if (payer->region.code[0] == '\0' && payer_is_public(payer))
        return fail_member(err, "region", "is not given; only enterprises and donors may be without");
    return check_identity(payers, index, organisation, err);
}

enum zcd_code payers_check(const struct payer *payers, size_t count, const struct organisation *organisation,
                           struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (check_payer(payers, i, organisation, err) != ZCD_OK)
            return zcd_fail_within_index(err, i);
    }
    return ZCD_OK;
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

static enum zcd_code check_experience(const struct payer_experience *rows, size_t index, struct zcd_error *err)
{
    const struct payer_experience *row = &rows[index];
    enum zcd_code code = FIELD_RULES_CHECK(EXPERIENCE_RULES, row, DATE_NONE, err);
    if (code != ZCD_OK)
        return code;

    bool has_level = row->level != PAYER_LEVEL_NONE;
    bool has_source = row->fund_source != FUND_SOURCE_NONE;
    if (is_of_payer(row) && (has_level || has_source))
        return zcd_fail(err, ZCD_INVALID, "has both a payer and a class");
    if (!is_of_payer(row) && !(has_level && has_source))
        return zcd_fail(err, ZCD_INVALID, "has neither a payer nor a level with a fund_source");
    for (size_t i = 0; i < index; i++) {
        if (is_same_subject(&rows[i], row))
            return zcd_fail(err, ZCD_INVALID, "repeats the payer or class of row %zu", i);
    }
    return ZCD_OK;
}

enum zcd_code payer_experience_check(const struct payer_experience *rows, size_t count, struct zcd_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (check_experience(rows, i, err) != ZCD_OK)
            return zcd_fail_within_index(err, i);
    }
    return ZCD_OK;
}
