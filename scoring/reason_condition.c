#include "scoring/reason_internal.h"

#define CONTRACTS_NAMED_MAX 12 /* in one condition; the value gives the number of all */

typedef bool is_concerned(const struct contract *);

static bool is_unlocked(const struct contract *contract)
{
    return !contract->security.account_locked;
}

static bool is_locked(const struct contract *contract)
{
    return contract->security.account_locked;
}

static bool is_unpledged(const struct contract *contract)
{
    return contract->security.pledge_registration[0] == '\0';
}

static bool is_unconfirmed(const struct contract *contract)
{
    return !contract->security.buyer_confirmed;
}

/* One condition on every sweepable contract that it concerns and that still brings money; none, no condition. */
static void add_contract_condition(const struct reason_explained *explained, enum reason_code code, is_concerned *concerned,
                                   struct reason_collection *conditions)
{
    const struct pipeline_result *pipeline = &explained->decision->pipeline;
    const char *ids = "";
    int64_t unpaid_fen = 0;
    size_t count = 0;

    for (size_t i = 0; i < pipeline->contract_count; i++) {
        const struct pipeline_contract *row = &pipeline->contracts[i];
        int64_t of_row_fen = row->accepted_unpaid_fen + row->due_unaccepted_fen + row->future_fen;
        if (!row->is_sweepable || of_row_fen == 0 || !concerned(row->contract))
            continue;
        if (count < CONTRACTS_NAMED_MAX)
            ids = value_text_format(explained->arena, "%s%s%s", ids, count == 0 ? "" : ", ", row->contract->id);
        else if (count == CONTRACTS_NAMED_MAX)
            ids = value_text_format(explained->arena, "%s, ...", ids);
        unpaid_fen += of_row_fen;
        count++;
    }
    if (count == 0)
        return;
    struct value_text unpaid = value_text_money(explained->arena, unpaid_fen);
    struct value_text value = {value_text_format(explained->arena, "%zu份，未收%s", count, unpaid.zh),
                               value_text_format(explained->arena, "%zu of them, %s to come", count, unpaid.en)};
    reason_collection_add(conditions, code, reason_subject(ids), value);
}

static void add_lever(const struct reason_explained *explained, enum policy_lever lever, struct reason_collection *conditions)
{
    switch (lever) {
    case POLICY_LEVER_LOCK_ACCOUNTS:
        add_contract_condition(explained, REASON_LOCK_ACCOUNTS, is_unlocked, conditions);
        break;
    case POLICY_LEVER_REGISTER_PLEDGE:
        add_contract_condition(explained, REASON_REGISTER_PLEDGE, is_unpledged, conditions);
        break;
    case POLICY_LEVER_CONFIRM_BUYERS:
        add_contract_condition(explained, REASON_CONFIRM_BUYERS, is_unconfirmed, conditions);
        break;
    case POLICY_LEVER_NONE:
        break;
    }
}

static struct reason_list deferral_conditions(const struct reason_explained *explained)
{
    const struct deferral_result *deferral = explained->decision->deferral;
    struct reason_collection conditions = reason_collection_of(explained->arena, 3);
    char until[DATE_TEXT_SIZE];

    if (!deferral->holds)
        return reason_collection_list(&conditions);
    if (deferral->treatment == DEFERRAL_RESTRUCTURING) {
        const char *day = value_text_format(explained->arena, "%s", date_format(deferral->observed_until, until));
        reason_collection_add(&conditions, REASON_DEFERRAL_IS_RESTRUCTURING, REASON_NO_SUBJECT, (struct value_text){day, day});
    }
    reason_collection_add(&conditions, REASON_DEFERRAL_INTEREST, REASON_NO_SUBJECT, REASON_NO_VALUE);
    reason_collection_add(&conditions, REASON_REPORT_MONTHLY, REASON_NO_SUBJECT, REASON_NO_VALUE);
    return reason_collection_list(&conditions);
}

struct reason_list reason_explain_conditions(const struct reason_explained *explained)
{
    const struct decision_case *governing = explained->decision->governing;
    enum outcome outcome = explained->decision->outcome;
    struct reason_collection conditions = reason_collection_of(explained->arena, governing->lever_count + 4);

    if (explained->decision->deferral != NULL)
        return deferral_conditions(explained);
    if (outcome != OUTCOME_APPROVE && outcome != OUTCOME_APPROVE_WITH_CONDITIONS)
        return reason_collection_list(&conditions);
    for (size_t i = 0; i < governing->lever_count; i++)
        add_lever(explained, governing->levers[i], &conditions);
    add_contract_condition(explained, REASON_KEEP_ACCOUNTS_LOCKED, is_locked, &conditions);
    if (governing->tenor_months > explained->dossier->application.tenor_months)
        reason_collection_add(&conditions, REASON_TENOR_LENGTHENED, REASON_NO_SUBJECT,
            value_text_count(explained->arena, governing->tenor_months, "个月", "months"));
    reason_collection_add(&conditions, REASON_PAY_WAGES_DIRECTLY, REASON_NO_SUBJECT, REASON_NO_VALUE);
    reason_collection_add(&conditions, REASON_REPORT_MONTHLY, REASON_NO_SUBJECT, REASON_NO_VALUE);
    return reason_collection_list(&conditions);
}
