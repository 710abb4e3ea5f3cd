#include "contracts/facility_store.h"

/* clang-format off */
#define FACILITY_KEY(C, ROW) C(ROW, facility_id, ID, facility.id, NULL)
#define FACILITY_VALUES(C, ROW) \
    C(ROW, facility_lender,   TEXT, facility.lender, NULL) \
    C(ROW, product,           TEXT, facility.product, NULL) \
    C(ROW, limit_fen,         FEN,  facility.limit_fen, NULL) \
    C(ROW, outstanding_fen,   FEN,  facility.outstanding_fen, NULL) \
    C(ROW, opened_on,         DATE, facility.opened_on, NULL) \
    C(ROW, matures_on,        DATE, facility.matures_on, NULL) \
    C(ROW, classification,    CODE, facility.classification, &CODELIST_FACILITY_CLASSIFICATION) \
    C(ROW, pledged_contracts, TEXT, pledged_contracts, NULL)
FACT_TABLE_BY_DAYS(FACILITY_FACTS, "facility", struct facility_row, FACILITY);

#define INSTALMENT_KEY(C, ROW) \
    C(ROW, facility_id, ID,   facility_id, NULL) \
    C(ROW, due_on,      DATE, instalment.due_on, NULL) \
    C(ROW, number,      INT4, number, NULL)
#define INSTALMENT_VALUES(C, ROW) \
    C(ROW, principal_fen, FEN, instalment.principal_fen, NULL) \
    C(ROW, interest_fen,  FEN, instalment.interest_fen, NULL)
FACT_TABLE_BY_DAYS(INSTALMENT_FACTS, "instalment", struct instalment_row, INSTALMENT);

#define REPAYMENT_KEY(C, ROW) \
    C(ROW, facility_id, ID,   facility_id, NULL) \
    C(ROW, due_on,      DATE, due_on, NULL) \
    C(ROW, number,      INT4, number, NULL) \
    C(ROW, paid_on,     DATE, payment.paid_on, NULL) \
    C(ROW, part,        INT4, part, NULL)
#define REPAYMENT_VALUES(C, ROW) C(ROW, amount_fen, FEN, payment.amount_fen, NULL)
FACT_TABLE_BY_DAYS(REPAYMENT_FACTS, "repayment", struct repayment_row, REPAYMENT);

#define DEFERRAL_KEY(C, ROW) \
    C(ROW, facility_id, ID,   facility_id, NULL) \
    C(ROW, agreed_on,   DATE, deferral.agreed_on, NULL) \
    C(ROW, from_on,     DATE, deferral.from, NULL)
#define DEFERRAL_VALUES(C, ROW) \
    C(ROW, to_on, DATE, deferral.to, NULL) \
    C(ROW, cause, CODE, deferral.cause, &CODELIST_DEFERRAL_CAUSE)
FACT_TABLE_BY_DAYS(DEFERRAL_FACTS, "deferral", struct deferral_row, DEFERRAL);
/* clang-format on */
