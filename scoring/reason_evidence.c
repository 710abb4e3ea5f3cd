#include "scoring/reason_internal.h"

#include <stdlib.h>

#define EVIDENCE_MAX 5

static int64_t points_at_stake(const struct reason_explained *explained, const struct scorecard_row *row)
{
    (void)explained;
    return row->bin < 0 ? row->points_max - row->points : 0;
}

/* The document that would tell; NONE where no document can. */
static const enum reason_code DOCUMENTS[CHARACTERISTIC_END] = {
    [CHARACTERISTIC_REMAINING_MONTHS] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_RENEWAL_RATE] = REASON_EVIDENCE_PAST_CONTRACTS,
    [CHARACTERISTIC_PAYER_CONCENTRATION] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_BUDGET_FUNDED] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_TIER_MIX] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_EXPECTED_DELAY] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_PAID_IN_60_DAYS] = REASON_EVIDENCE_CONTRACTS,
    [CHARACTERISTIC_INSTALMENTS_ON_TIME] = REASON_EVIDENCE_REPAYMENT_RECORD,
    [CHARACTERISTIC_WORST_DAYS_PAST_DUE] = REASON_EVIDENCE_REPAYMENT_RECORD,
    [CHARACTERISTIC_SERVICE_EVALUATIONS] = REASON_EVIDENCE_EVALUATIONS,
    [CHARACTERISTIC_ORGANISATION_GRADE] = REASON_EVIDENCE_GRADE,
    [CHARACTERISTIC_LICENSED_SHARE] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_LICENSED_PER_STATION] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_INSPECTIONS] = REASON_EVIDENCE_INSPECTION,
    [CHARACTERISTIC_STAFF_GROWTH] = REASON_EVIDENCE_STAFF,
    [CHARACTERISTIC_CASH_MONTHS] = REASON_EVIDENCE_CASH,
    [CHARACTERISTIC_NET_ASSET_MONTHS] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_WAGES_PAYABLE] = REASON_EVIDENCE_WAGES,
    [CHARACTERISTIC_INCOME_TREND] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_PROFIT_MARGIN] = REASON_EVIDENCE_STATEMENT,
    [CHARACTERISTIC_LEVERAGE] = REASON_EVIDENCE_STATEMENT,
};

/* Two rules can be missing their paper; the others read what a dossier always has. */
static enum reason_code document_of_rule(enum eligibility_rule rule)
{
    return rule == ELIGIBILITY_PROFIT_MARGIN ? REASON_EVIDENCE_STATEMENT : REASON_EVIDENCE_INSPECTION;
}

static void add_rule_evidence(const struct reason_explained *explained, struct reason_collection *evidence)
{
    for (int rule = ELIGIBILITY_NONE + 1; rule < ELIGIBILITY_END; rule++) {
        const struct eligibility_finding *finding =
            reason_find_finding(&explained->decision->eligibility, (enum eligibility_rule)rule);
        if (finding == NULL || finding->outcome != ELIGIBILITY_MISSING)
            continue;
        enum reason_code code = document_of_rule(finding->rule);
        if (!reason_collection_holds(evidence, code))
            reason_collection_add(evidence, code, reason_rule_subject(finding->rule), (struct value_text){finding->value_zh, finding->value});
    }
}

/* A document on which points hang; several characteristics may wait for the same one. */
struct document {
    enum reason_code code;
    enum characteristic first; /* the heaviest of them */
    int64_t points;
};

static int compare_documents(const void *left, const void *right)
{
    const struct document *a = left;
    const struct document *b = right;
    if (a->points != b->points)
        return a->points > b->points ? -1 : 1;
    return (int)a->code - (int)b->code;
}

/* Without a loan there is no repayment record to ask for. */
static enum reason_code document_of_row(const struct decision_case *one, const struct scorecard_row *row)
{
    bool is_repayment = characteristic_dimension(row->id) == DIMENSION_REPAYMENT;
    return is_repayment && !one->facts.has_credit_history ? REASON_NONE : DOCUMENTS[row->id];
}

static size_t list_documents(const struct decision_case *one, const struct reason_ranked *ranked, size_t count,
                             struct document documents[static SCORECARD_ROWS_MAX])
{
    size_t document_count = 0;

    for (size_t i = 0; i < count; i++) {
        enum reason_code code = document_of_row(one, ranked[i].row);
        size_t place = 0;
        if (code == REASON_NONE)
            continue;
        while (place < document_count && documents[place].code != code)
            place++;
        if (place == document_count)
            documents[document_count++] = (struct document){code, ranked[i].row->id, 0};
        documents[place].points += ranked[i].weight;
    }
    qsort(documents, document_count, sizeof *documents, compare_documents);
    return document_count;
}

static void add_missing_values(const struct reason_explained *explained, struct reason_collection *evidence)
{
    const struct decision_case *one = explained->decision->governing;
    struct reason_ranked ranked[SCORECARD_ROWS_MAX];
    struct document documents[SCORECARD_ROWS_MAX];
    size_t count = reason_rank_rows(explained, &one->scorecard, points_at_stake, ranked);
    size_t document_count = list_documents(one, ranked, count, documents);

    for (size_t i = 0; i < document_count; i++) {
        if (!reason_collection_holds(evidence, documents[i].code))
            reason_collection_add(evidence, documents[i].code, reason_characteristic_subject(documents[i].first),
                value_text_count(explained->arena, documents[i].points, "分", "points"));
    }
}

struct reason_list reason_explain_evidence(const struct reason_explained *explained)
{
    struct reason_collection evidence = reason_collection_of(explained->arena, EVIDENCE_MAX);

    if (explained->decision->deferral != NULL)
        return reason_collection_list(&evidence); /* it is decided by contracts and schedule, which the dossier always has */
    add_rule_evidence(explained, &evidence);
    if (explained->decision->outcome == OUTCOME_REFER)
        add_missing_values(explained, &evidence);
    return reason_collection_list(&evidence);
}
