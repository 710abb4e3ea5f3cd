/*
 * stored_assessments.h - assessments on what is stored of an organisation, and the dossier that it comes to.
 */
#ifndef API_ROUTES_STORED_ASSESSMENTS_H
#define API_ROUTES_STORED_ASSESSMENTS_H

#include "api/http/exchange.h"

http_handler stored_assessments_create; /* POST /v1/organisations/{uscc}/assessments */
http_handler stored_dossiers_show;      /* GET /v1/organisations/{uscc}/dossier?as_of=&known_at=&lender= */

#endif
