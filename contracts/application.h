/* application.h - what the organisation asks for. Member names are those of the dossier document. Pure. Thread: any. */
#ifndef CONTRACTS_APPLICATION_H
#define CONTRACTS_APPLICATION_H

#include "base/date.h"
#include "contracts/codelist.h"

#include <stddef.h>
#include <stdint.h>

struct application {
    const char *id;
    enum application_kind kind;
    int64_t amount_fen; /* > 0 */
    int32_t tenor_months;
    enum application_purpose purpose;
    struct date requested_on;
    const char *facility;   /* id of the facility to renew, increase or defer; "" for a first loan */
    size_t facility_index;  /* into dossier.facilities; SIZE_MAX for a first loan; set by dossier_link */
    int64_t collateral_fen; /* value of collateral offered; DOSSIER_FEN_NONE when not given */
};

#endif
