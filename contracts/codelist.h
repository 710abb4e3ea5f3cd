/*
 * codelist.h - every list of codes that the facts use: C name, JSON name, text in Chinese and English.
 *
 * The rows are in codelists.def. NONE (0) means "not given" and has no JSON name. Pure. Thread: any.
 */
#ifndef CONTRACTS_CODELIST_H
#define CONTRACTS_CODELIST_H

#include <stdbool.h>
#include <stddef.h>

/* One code. `number` is the enumerator. */
struct codelist_row {
    int number;
    const char *name; /* as it stands in JSON */
    const char *zh;
    const char *en;
};

/* One list, rows in the order of their numbers, which are 1, 2, 3 ... without a gap. */
struct codelist {
    const struct codelist_row *rows;
    size_t row_count;
};

/* Legal form of the organisation; the USCC's first two characters must agree (see dossier_check). */
enum organisation_kind {
    ORGANISATION_KIND_NONE = 0,
#define ORGANISATION_KIND(number, name, json, zh, en) ORGANISATION_KIND_##name = number,
#include "contracts/codelists.def"
};

enum registration_status {
    REGISTRATION_STATUS_NONE = 0,
#define REGISTRATION_STATUS(number, name, json, zh, en) REGISTRATION_STATUS_##name = number,
#include "contracts/codelists.def"
};

/* Result of the annual inspection (年检) by the civil-affairs authority. */
enum inspection_result {
    INSPECTION_RESULT_NONE = 0,
#define INSPECTION_RESULT(number, name, json, zh, en) INSPECTION_RESULT_##name = number,
#include "contracts/codelists.def"
};

/* Grade of a social organisation (社会组织评估等级); the number is the count of A. */
enum grade_level {
    GRADE_LEVEL_NONE = 0,
#define GRADE_LEVEL(number, name, json, zh, en) GRADE_LEVEL_##name = number,
#include "contracts/codelists.def"
};

/* Result of a performance evaluation (绩效评估), of an organisation's year or of one contract. */
enum evaluation_result {
    EVALUATION_RESULT_NONE = 0,
#define EVALUATION_RESULT(number, name, json, zh, en) EVALUATION_RESULT_##name = number,
#include "contracts/codelists.def"
};

/* Public lists on which an organisation may stand. */
enum list_kind {
    LIST_KIND_NONE = 0,
#define LIST_KIND(number, name, json, zh, en) LIST_KIND_##name = number,
#include "contracts/codelists.def"
};

/* Accounting rules for non-profit organisations under which a statement was drawn up. */
enum accounting_regime {
    ACCOUNTING_REGIME_NONE = 0,
#define ACCOUNTING_REGIME(number, name, json, zh, en) ACCOUNTING_REGIME_##name = number,
#include "contracts/codelists.def"
};

/* Who pays: the level of government, or what else the payer is. */
enum payer_level {
    PAYER_LEVEL_NONE = 0,
#define PAYER_LEVEL(number, name, json, zh, en) PAYER_LEVEL_##name = number,
#include "contracts/codelists.def"
};

/* Tier of the service system (三级服务体系) in which a contract is carried out. */
enum contract_tier {
    CONTRACT_TIER_NONE = 0,
#define CONTRACT_TIER(number, name, json, zh, en) CONTRACT_TIER_##name = number,
#include "contracts/codelists.def"
};

/* Which money a contract is paid from. */
enum fund_source {
    FUND_SOURCE_NONE = 0,
#define FUND_SOURCE(number, name, json, zh, en) FUND_SOURCE_##name = number,
#include "contracts/codelists.def"
};

/* Where a contract stands, from the intention to its end. */
enum contract_stage {
    CONTRACT_STAGE_NONE = 0,
#define CONTRACT_STAGE(number, name, json, zh, en) CONTRACT_STAGE_##name = number,
#include "contracts/codelists.def"
};

/* What starts the payment term of a contract. */
enum payment_trigger {
    PAYMENT_TRIGGER_NONE = 0,
#define PAYMENT_TRIGGER(number, name, json, zh, en) PAYMENT_TRIGGER_##name = number,
#include "contracts/codelists.def"
};

/* Five-tier risk classification of a loan; a higher number is worse. */
enum facility_classification {
    FACILITY_CLASSIFICATION_NONE = 0,
#define FACILITY_CLASSIFICATION(number, name, json, zh, en) FACILITY_CLASSIFICATION_##name = number,
#include "contracts/codelists.def"
};

/* Why a deferral was agreed. */
enum deferral_cause {
    DEFERRAL_CAUSE_NONE = 0,
#define DEFERRAL_CAUSE(number, name, json, zh, en) DEFERRAL_CAUSE_##name = number,
#include "contracts/codelists.def"
};

enum application_kind {
    APPLICATION_KIND_NONE = 0,
#define APPLICATION_KIND(number, name, json, zh, en) APPLICATION_KIND_##name = number,
#include "contracts/codelists.def"
};

/* What the money is for. */
enum application_purpose {
    APPLICATION_PURPOSE_NONE = 0,
#define APPLICATION_PURPOSE(number, name, json, zh, en) APPLICATION_PURPOSE_##name = number,
#include "contracts/codelists.def"
};

/* Kinds of resource of the five-party linkage (五社联动). */
enum linked_resource_kind {
    LINKED_RESOURCE_KIND_NONE = 0,
#define LINKED_RESOURCE_KIND(number, name, json, zh, en) LINKED_RESOURCE_KIND_##name = number,
#include "contracts/codelists.def"
};

extern const struct codelist CODELIST_ORGANISATION_KIND;
extern const struct codelist CODELIST_REGISTRATION_STATUS;
extern const struct codelist CODELIST_INSPECTION_RESULT;
extern const struct codelist CODELIST_GRADE_LEVEL;
extern const struct codelist CODELIST_EVALUATION_RESULT;
extern const struct codelist CODELIST_LIST_KIND;
extern const struct codelist CODELIST_ACCOUNTING_REGIME;
extern const struct codelist CODELIST_PAYER_LEVEL;
extern const struct codelist CODELIST_CONTRACT_TIER;
extern const struct codelist CODELIST_FUND_SOURCE;
extern const struct codelist CODELIST_CONTRACT_STAGE;
extern const struct codelist CODELIST_PAYMENT_TRIGGER;
extern const struct codelist CODELIST_FACILITY_CLASSIFICATION;
extern const struct codelist CODELIST_DEFERRAL_CAUSE;
extern const struct codelist CODELIST_APPLICATION_KIND;
extern const struct codelist CODELIST_APPLICATION_PURPOSE;
extern const struct codelist CODELIST_LINKED_RESOURCE_KIND;

/*
 * Find the code that JSON calls `name`.
 *   number  out  written only when the answer is true
 */
bool codelist_find(const struct codelist *list, const char *name, int *number);

/* Is it the number of a row? 0 (not given) is not. */
bool codelist_has(const struct codelist *list, int number);

/* The row's texts, static storage; "" for 0 (not given). `number` is 0 or a row's. */
const char *codelist_name(const struct codelist *list, int number);
const char *codelist_text_zh(const struct codelist *list, int number);
const char *codelist_text_en(const struct codelist *list, int number);

#endif
