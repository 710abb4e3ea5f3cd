#include "api/codec/policy_codes.h"

#include "scoring/decision.h"

/* clang-format off */
#define LIST_OF(rows_) {(rows_), sizeof(rows_) / sizeof(*(rows_))}
/* clang-format on */

static const struct codelist_row RULES[] = {
#define ELIGIBILITY_RULE(number, name, json, zh, en) {number, json, zh, en},
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE
};
const struct codelist CODELIST_ELIGIBILITY_RULE = LIST_OF(RULES);

static const struct codelist_row CHARACTERISTICS[] = {
#define CHARACTERISTIC(number, name, json, dimension, unit, least, most, zh, en) {number, json, zh, en},
#include "scoring/characteristics.def"
#undef CHARACTERISTIC
};
const struct codelist CODELIST_CHARACTERISTIC = LIST_OF(CHARACTERISTICS);

static const struct codelist_row SOURCE_KINDS[] = {
    {POLICY_SOURCE_LAW, "law", "法规", "law"},
    {POLICY_SOURCE_PUBLISHED, "published", "公开资料", "published"},
    {POLICY_SOURCE_MEASURED, "measured", "实测", "measured"},
    {POLICY_SOURCE_JUDGEMENT, "judgement", "专家判断", "judgement"},
};
const struct codelist CODELIST_POLICY_SOURCE_KIND = LIST_OF(SOURCE_KINDS);

static const struct codelist_row LEVERS[] = {
    {POLICY_LEVER_LOCK_ACCOUNTS, "lock_accounts", "锁定合同收款账户", "lock the contracts' collection accounts"},
    {POLICY_LEVER_REGISTER_PLEDGE, "register_pledge", "办理应收账款质押登记", "register the pledge of receivables"},
    {POLICY_LEVER_CONFIRM_BUYERS, "confirm_buyers", "取得采购人对应收账款的确认",
     "have the buyers confirm the receivables"},
};
const struct codelist CODELIST_POLICY_LEVER = LIST_OF(LEVERS);

static const struct codelist_row OUTCOMES[] = {
    {OUTCOME_APPROVE, "approve", "同意", "approve"},
    {OUTCOME_APPROVE_WITH_CONDITIONS, "approve_with_conditions", "有条件同意", "approve with conditions"},
    {OUTCOME_REFER, "refer", "转人工审查", "refer to a person"},
    {OUTCOME_DECLINE, "decline", "拒绝", "decline"},
};
const struct codelist CODELIST_OUTCOME = LIST_OF(OUTCOMES);

static const struct codelist_row COUNTERFACTUAL_LEVERS[] = {
#define COUNTERFACTUAL_LEVER(number, name, json, unit, zh, en) {number, json, zh, en},
#include "scoring/counterfactual_levers.def"
#undef COUNTERFACTUAL_LEVER
};
const struct codelist CODELIST_COUNTERFACTUAL_LEVER = LIST_OF(COUNTERFACTUAL_LEVERS);
