#include "contracts/codelist.h"

#include <assert.h>
#include <string.h>

/* One array for each list; a row is {number, JSON name, zh, en}. */
#define ROW(number, name, json, zh, en) {number, json, zh, en},

static const struct codelist_row ORGANISATION_KIND_ROWS[] = {
#define ORGANISATION_KIND ROW
#include "contracts/codelists.def"
};
static const struct codelist_row REGISTRATION_STATUS_ROWS[] = {
#define REGISTRATION_STATUS ROW
#include "contracts/codelists.def"
};
static const struct codelist_row INSPECTION_RESULT_ROWS[] = {
#define INSPECTION_RESULT ROW
#include "contracts/codelists.def"
};
static const struct codelist_row GRADE_LEVEL_ROWS[] = {
#define GRADE_LEVEL ROW
#include "contracts/codelists.def"
};
static const struct codelist_row EVALUATION_RESULT_ROWS[] = {
#define EVALUATION_RESULT ROW
#include "contracts/codelists.def"
};
static const struct codelist_row LIST_KIND_ROWS[] = {
#define LIST_KIND ROW
#include "contracts/codelists.def"
};
static const struct codelist_row ACCOUNTING_REGIME_ROWS[] = {
#define ACCOUNTING_REGIME ROW
#include "contracts/codelists.def"
};
static const struct codelist_row PAYER_LEVEL_ROWS[] = {
#define PAYER_LEVEL ROW
#include "contracts/codelists.def"
};
static const struct codelist_row CONTRACT_TIER_ROWS[] = {
#define CONTRACT_TIER ROW
#include "contracts/codelists.def"
};
static const struct codelist_row FUND_SOURCE_ROWS[] = {
#define FUND_SOURCE ROW
#include "contracts/codelists.def"
};
static const struct codelist_row CONTRACT_STAGE_ROWS[] = {
#define CONTRACT_STAGE ROW
#include "contracts/codelists.def"
};
static const struct codelist_row PAYMENT_TRIGGER_ROWS[] = {
#define PAYMENT_TRIGGER ROW
#include "contracts/codelists.def"
};
static const struct codelist_row FACILITY_CLASSIFICATION_ROWS[] = {
#define FACILITY_CLASSIFICATION ROW
#include "contracts/codelists.def"
};
static const struct codelist_row DEFERRAL_CAUSE_ROWS[] = {
#define DEFERRAL_CAUSE ROW
#include "contracts/codelists.def"
};
static const struct codelist_row APPLICATION_KIND_ROWS[] = {
#define APPLICATION_KIND ROW
#include "contracts/codelists.def"
};
static const struct codelist_row APPLICATION_PURPOSE_ROWS[] = {
#define APPLICATION_PURPOSE ROW
#include "contracts/codelists.def"
};
static const struct codelist_row LINKED_RESOURCE_KIND_ROWS[] = {
#define LINKED_RESOURCE_KIND ROW
#include "contracts/codelists.def"
};

#define LIST_OF(rows) {(rows), sizeof(rows) / sizeof(*(rows))}

const struct codelist CODELIST_ORGANISATION_KIND = LIST_OF(ORGANISATION_KIND_ROWS);
const struct codelist CODELIST_REGISTRATION_STATUS = LIST_OF(REGISTRATION_STATUS_ROWS);
const struct codelist CODELIST_INSPECTION_RESULT = LIST_OF(INSPECTION_RESULT_ROWS);
const struct codelist CODELIST_GRADE_LEVEL = LIST_OF(GRADE_LEVEL_ROWS);
const struct codelist CODELIST_EVALUATION_RESULT = LIST_OF(EVALUATION_RESULT_ROWS);
const struct codelist CODELIST_LIST_KIND = LIST_OF(LIST_KIND_ROWS);
const struct codelist CODELIST_ACCOUNTING_REGIME = LIST_OF(ACCOUNTING_REGIME_ROWS);
const struct codelist CODELIST_PAYER_LEVEL = LIST_OF(PAYER_LEVEL_ROWS);
const struct codelist CODELIST_CONTRACT_TIER = LIST_OF(CONTRACT_TIER_ROWS);
const struct codelist CODELIST_FUND_SOURCE = LIST_OF(FUND_SOURCE_ROWS);
const struct codelist CODELIST_CONTRACT_STAGE = LIST_OF(CONTRACT_STAGE_ROWS);
const struct codelist CODELIST_PAYMENT_TRIGGER = LIST_OF(PAYMENT_TRIGGER_ROWS);
const struct codelist CODELIST_FACILITY_CLASSIFICATION = LIST_OF(FACILITY_CLASSIFICATION_ROWS);
const struct codelist CODELIST_DEFERRAL_CAUSE = LIST_OF(DEFERRAL_CAUSE_ROWS);
const struct codelist CODELIST_APPLICATION_KIND = LIST_OF(APPLICATION_KIND_ROWS);
const struct codelist CODELIST_APPLICATION_PURPOSE = LIST_OF(APPLICATION_PURPOSE_ROWS);
const struct codelist CODELIST_LINKED_RESOURCE_KIND = LIST_OF(LINKED_RESOURCE_KIND_ROWS);

bool codelist_find(const struct codelist *list, const char *name, int *number)
{
    for (size_t i = 0; i < list->row_count; i++) {
        if (strcmp(list->rows[i].name, name) == 0) {
            *number = list->rows[i].number;
            return true;
        }
    }
    return false;
}

bool codelist_has(const struct codelist *list, int number)
{
    return number >= 1 && (size_t)number <= list->row_count;
}

/* NULL for "not given". */
static const struct codelist_row *row_of(const struct codelist *list, int number)
{
    if (number == 0)
        return NULL;
    assert(codelist_has(list, number));
    const struct codelist_row *row = &list->rows[number - 1];
    assert(row->number == number);
    return row;
}

const char *codelist_name(const struct codelist *list, int number)
{
    const struct codelist_row *row = row_of(list, number);
    return row == NULL ? "" : row->name;
}

const char *codelist_text_zh(const struct codelist *list, int number)
{
    const struct codelist_row *row = row_of(list, number);
    return row == NULL ? "" : row->zh;
}

const char *codelist_text_en(const struct codelist *list, int number)
{
    const struct codelist_row *row = row_of(list, number);
    return row == NULL ? "" : row->en;
}
