#include "contracts/application.h"

#include "contracts/check_internal.h"
#include "contracts/dossier.h"
#include "contracts/field_rule_internal.h"

static const struct field_rule APPLICATION_RULES[] = {
    FIELD_RULE(struct application, id, ID),
    FIELD_RULE(struct application, kind, CODE, .codes = &CODELIST_APPLICATION_KIND),
    FIELD_RULE(struct application, amount_fen, AMOUNT, .min = 1),
    FIELD_RULE(struct application, tenor_months, COUNT, .min = 1, .max = DOSSIER_TENOR_MONTHS_MAX),
    FIELD_RULE(struct application, purpose, CODE, .codes = &CODELIST_APPLICATION_PURPOSE),
    FIELD_RULE(struct application, requested_on, PAST_DATE),
    FIELD_RULE(struct application, collateral_fen, AMOUNT, .optional = true),
};

void application_check(const struct application *application, struct date as_of, const struct error_place *place)
{
    FIELD_RULES_CHECK(APPLICATION_RULES, application, as_of, place);
    if (!error_place_is_sound(place, "kind"))
        return;

    bool has_facility = application->facility[0] != '\0';
    bool is_first = application->kind == APPLICATION_KIND_FIRST_LOAN;
    const char *kind = codelist_name(&CODELIST_APPLICATION_KIND, (int)application->kind);
    if (has_facility && is_first)
        error_add(place, "facility", "is given, but the kind is %s", kind);
    if (!has_facility && !is_first)
        error_add(place, "facility", "is not given, but the kind is %s", kind);
}
