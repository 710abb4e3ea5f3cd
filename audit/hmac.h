/*
 * hmac.h - HMAC-SHA256 (RFC 2104, FIPS 198-1). Pure. Thread: any.
 */
#ifndef AUDIT_HMAC_H
#define AUDIT_HMAC_H

#include "audit/sha256.h"
#include "base/bytes.h"

/* key: of any size, not empty */
struct sha256 hmac_sha256(struct bytes key, struct bytes data);

#endif
