/* audit_records.h - /v1/audit/records: leaves of the log with their proofs. On a worker's thread. */
#ifndef API_ROUTES_AUDIT_RECORDS_H
#define API_ROUTES_AUDIT_RECORDS_H

#include "api/http/exchange.h"

/* GET /v1/audit/records/{index} */
void audit_records_show(struct http_exchange *exchange, void *context);

/* GET /v1/audit/records/{index}/bundle: all that a stranger needs to verify the record offline, as a .zip. */
void audit_records_bundle(struct http_exchange *exchange, void *context);

#endif
