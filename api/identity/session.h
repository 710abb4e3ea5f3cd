/*
 * session.h - the console's session: its cookie, and the token by which its own pages show that they made a request.
 *
 * The cookie is __Host- (RFC 6265bis 4.1.3.2), Secure, HttpOnly and SameSite=Strict: no script reads it, no other site and
 * no other host sends or sets it. The CSRF token is derived from it, so it needs no table and ends with it; it is asked of
 * every request by a session that is not GET or HEAD. Pure. Thread: any.
 */
#ifndef API_IDENTITY_SESSION_H
#define API_IDENTITY_SESSION_H

#include "api/identity/secret.h"
#include "audit/sha256.h"

#include <stdbool.h>

#define SESSION_COOKIE "__Host-zcd_session"
#define SESSION_CSRF_FIELD "X-CSRF-Token"
#define SESSION_HOURS 8 /* a working day */
#define SESSION_COOKIE_TEXT_SIZE 192

/*
 * Find the session's value in a Cookie field (RFC 6265 4.2.1).
 *   field  in   may be NULL
 *   value  out  written only when it is there and looks like one of ours
 */
bool session_cookie_find(const char *field, char value[SECRET_TEXT_SIZE]);

/* The Set-Cookie field that begins a session; with value NULL, the one that ends it. Returns text. */
const char *session_cookie_format(const char *value, char text[SESSION_COOKIE_TEXT_SIZE]);

/* The CSRF token of a session: 64 hexadecimal digits; returns text. */
const char *session_csrf_format(const char *value, char text[SHA256_TEXT_SIZE]);

/* Is that the session's CSRF token? NULL is not. In time that does not depend on how much of it is right. */
bool session_csrf_is(const char *value, const char *token);

#endif
