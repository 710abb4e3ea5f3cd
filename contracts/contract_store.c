#include "contracts/contract_store.h"

#include "base/cleanup.h"

/* clang-format off */
#define CONTRACT_KEY(C, ROW) C(ROW, contract_id, ID, contract.id, NULL)
#define CONTRACT_VALUES(C, ROW) \
    C(ROW, number,             TEXT,  number, NULL) \
    C(ROW, title,              TEXT,  contract.title, NULL) \
    C(ROW, payer_id,           TEXT,  contract.payer, NULL) \
    C(ROW, tier,               CODE,  contract.tier, &CODELIST_CONTRACT_TIER) \
    C(ROW, fund_source,        CODE,  contract.fund_source, &CODELIST_FUND_SOURCE) \
    C(ROW, stage,              CODE,  contract.stage, &CODELIST_CONTRACT_STAGE) \
    C(ROW, shared_with,        TEXT,  shared_with, NULL) \
    C(ROW, currency,           TEXT,  currency, NULL) \
    C(ROW, value_fen,          FEN,   contract.value_fen, NULL) \
    C(ROW, awarded_on,         DATE,  contract.awarded_on, NULL) \
    C(ROW, signed_on,          DATE,  contract.signed_on, NULL) \
    C(ROW, published_on,       DATE,  contract.published_on, NULL) \
    C(ROW, starts_on,          DATE,  contract.starts_on, NULL) \
    C(ROW, ends_on,            DATE,  contract.ends_on, NULL) \
    C(ROW, payment_term_days,  COUNT, contract.payment_term_days, NULL) \
    C(ROW, payment_trigger,    CODE,  contract.trigger, &CODELIST_PAYMENT_TRIGGER) \
    C(ROW, renewals,           COUNT, contract.renewals, NULL) \
    C(ROW, service_evaluation, CODE,  contract.service_evaluation, &CODELIST_EVALUATION_RESULT) \
    C(ROW, retained_fen,       FEN,   contract.retained_fen, NULL) \
    C(ROW, disputed_fen,       FEN,   contract.disputed_fen, NULL)
FACT_TABLE_BY_DAYS(CONTRACT_FACTS, "contract", struct contract_row, CONTRACT);

#define SECURITY_KEY(C, ROW) \
    C(ROW, contract_id, ID, contract_id, NULL) \
    C(ROW, kind,        ID, kind, NULL)
#define SECURITY_VALUES(C, ROW) C(ROW, reference, TEXT, reference, NULL)
FACT_TABLE_BY_DAYS(SECURITY_FACTS, "security_evidence", struct security_row, SECURITY);

#define MILESTONE_KEY(C, ROW) \
    C(ROW, contract_id,  ID, contract_id, NULL) \
    C(ROW, milestone_id, ID, milestone.id, NULL)
#define MILESTONE_VALUES(C, ROW) \
    C(ROW, title,        TEXT, milestone.title, NULL) \
    C(ROW, due_on,       DATE, milestone.due_on, NULL) \
    C(ROW, currency,     TEXT, currency, NULL) \
    C(ROW, amount_fen,   FEN,  milestone.amount_fen, NULL) \
    C(ROW, accepted_on,  DATE, milestone.accepted_on, NULL) \
    C(ROW, invoiced_on,  DATE, milestone.invoiced_on, NULL) \
    C(ROW, deducted_fen, FEN,  milestone.deducted_fen, NULL)
FACT_TABLE_BY_DAYS(MILESTONE_FACTS, "milestone", struct milestone_row, MILESTONE);

#define PAYMENT_KEY(C, ROW) \
    C(ROW, contract_id,  ID, contract_id, NULL) \
    C(ROW, milestone_id, ID, milestone_id, NULL) \
    C(ROW, payment_id,   ID, payment.id, NULL)
#define PAYMENT_VALUES(C, ROW) \
    C(ROW, paid_on,    DATE, payment.paid_on, NULL) \
    C(ROW, currency,   TEXT, currency, NULL) \
    C(ROW, amount_fen, FEN,  payment.amount_fen, NULL) \
    C(ROW, payer_name, TEXT, payer_name, NULL)
FACT_TABLE_OF_EVENTS(PAYMENT_FACTS, "payment", struct payment_row, PAYMENT);

#define RECEIPT_KEY(C, ROW) \
    C(ROW, account,      ID, account, NULL) \
    C(ROW, receipt_id,   ID, id, NULL) \
    C(ROW, contract_id,  ID, contract_id, NULL) \
    C(ROW, milestone_id, ID, milestone_id, NULL)
#define RECEIPT_VALUES(C, ROW) \
    C(ROW, received_on,    DATE, received_on, NULL) \
    C(ROW, currency,       TEXT, currency, NULL) \
    C(ROW, amount_fen,     FEN,  amount_fen, NULL) \
    C(ROW, matched_fen,    FEN,  matched_fen, NULL) \
    C(ROW, payer_name,     TEXT, payer_name, NULL) \
    C(ROW, note,           TEXT, note, NULL) \
    C(ROW, confidence_ppm, INT4, confidence_ppm, NULL) \
    C(ROW, reason,         TEXT, reason, NULL)
FACT_TABLE_OF_EVENTS(RECEIPT_FACTS, "receipt", struct receipt_row, RECEIPT);

#define OFFER_KEY(C, ROW) \
    C(ROW, account,      ID, account, NULL) \
    C(ROW, receipt_id,   ID, receipt_id, NULL) \
    C(ROW, contract_id,  ID, contract_id, NULL) \
    C(ROW, milestone_id, ID, milestone_id, NULL)
#define OFFER_VALUES(C, ROW) \
    C(ROW, confidence_ppm, INT4, confidence_ppm, NULL) \
    C(ROW, reason,         TEXT, reason, NULL)
FACT_TABLE_OF_EVENTS(RECEIPT_OFFER_FACTS, "receipt_offer", struct receipt_offer_row, OFFER);
/* clang-format on */

static const struct db_statement IDS = {
    "contract_ids",
    "SELECT contract_id COLLATE \"C\" AS id FROM contract WHERE uscc = $1 AND lender = $2"
    " AND import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL))"
    " GROUP BY contract_id HAVING bool_and(shared_with IS NULL) ORDER BY 1"};

enum zcd_code contract_store_load_ids(struct db *db, const struct facts_of *facts, struct arena *arena,
                                      const char *const **ids, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &IDS, DB_VALUES(db_text(facts->uscc), db_text(facts->lender)), &rows, err);
    const char **copied = ARENA_NEW(arena, const char *, code == ZCD_OK ? (size_t)rows.count + 1 : 1);

    for (int i = 0; code == ZCD_OK && i < rows.count; i++) {
        const char *id;
        code = db_rows_text(&rows, i, "id", &id, err);
        if (code == ZCD_OK)
            copied[i] = arena_copy_text(arena, id);
    }
    if (code != ZCD_OK)
        return code;
    *ids = copied;
    *count = (size_t)rows.count;
    return ZCD_OK;
}
