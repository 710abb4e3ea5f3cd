#include "contracts/payer_store.h"

/* clang-format off */
#define PAYER_KEY(C, ROW) C(ROW, payer_id, ID, payer.id, NULL)
#define PAYER_VALUES(C, ROW) \
    C(ROW, payer_uscc, USCC,   payer.uscc, NULL) \
    C(ROW, name,       TEXT,   payer.name, NULL) \
    C(ROW, level,      CODE,   payer.level, &CODELIST_PAYER_LEVEL) \
    C(ROW, region,     REGION, payer.region, NULL)
FACT_TABLE_BY_DAYS(PAYER_FACTS, "payer", struct payer_row, PAYER);

#define PAYER_ALIAS_KEY(C, ROW) \
    C(ROW, payer_id, ID, payer_id, NULL) \
    C(ROW, alias,    ID, alias, NULL)
#define PAYER_ALIAS_VALUES(C, ROW)
FACT_TABLE_BY_DAYS(PAYER_ALIAS_FACTS, "payer_alias", struct payer_alias_row, PAYER_ALIAS);

#define EXPERIENCE_KEY(C, ROW) \
    C(ROW, payer_id,    ID,      experience.payer, NULL) \
    C(ROW, level,       ID_CODE, experience.level, &CODELIST_PAYER_LEVEL) \
    C(ROW, fund_source, ID_CODE, experience.fund_source, &CODELIST_FUND_SOURCE)
#define EXPERIENCE_VALUES(C, ROW) \
    C(ROW, events_ppm,   FEN, experience.events_ppm, NULL) \
    C(ROW, exposure_ppm, FEN, experience.exposure_ppm, NULL)
FACT_TABLE_BY_DAYS(PAYER_EXPERIENCE_FACTS, "payer_experience_given", struct payer_experience_row, EXPERIENCE);
/* clang-format on */
