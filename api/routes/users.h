/*
 * users.h - /v1/users and /v1/role-changes: administrators of a lender look after its users, two together where roles change.
 */
#ifndef API_ROUTES_USERS_H
#define API_ROUTES_USERS_H

#include "api/http/exchange.h"

void users_list(struct http_exchange *exchange, void *context);           /* GET /v1/users */
void users_show(struct http_exchange *exchange, void *context);           /* GET /v1/users/{id} */
void users_disable(struct http_exchange *exchange, void *context);        /* DELETE /v1/users/{id} */
void role_changes_list(struct http_exchange *exchange, void *context);    /* GET /v1/role-changes */
void role_changes_propose(struct http_exchange *exchange, void *context); /* POST /v1/role-changes */
void role_changes_show(struct http_exchange *exchange, void *context);    /* GET /v1/role-changes/{id} */
void role_changes_approve(struct http_exchange *exchange, void *context); /* POST /v1/role-changes/{id}/approval */
void role_changes_refuse(struct http_exchange *exchange, void *context);  /* DELETE /v1/role-changes/{id} */

#endif
