/*
 * signature.h - how a webhook's receiver knows from whom an event is: Standard Webhooks 1.0.0
 * (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), symmetric signatures (v1).
 *
 * Pure. Thread: any.
 */
#ifndef API_EVENTS_SIGNATURE_H
#define API_EVENTS_SIGNATURE_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

#define WEBHOOK_SECRET_SIZE 32
#define WEBHOOK_SECRET_PREFIX "whsec_"
#define WEBHOOK_SECRET_TEXT_SIZE 52     /* prefix, base64 of a secret, NUL */
#define WEBHOOK_SIGNATURE_TEXT_SIZE 256 /* of EVENT_SECRETS_MAX signatures with spaces between */

/* "whsec_" and base64; returns text. secret: WEBHOOK_SECRET_SIZE bytes */
const char *webhook_secret_format(const uint8_t secret[WEBHOOK_SECRET_SIZE], char text[WEBHOOK_SECRET_TEXT_SIZE]);

/*
 * The value of webhook-signature: for each secret "v1," and base64 of HMAC-SHA256 over ID.TIMESTAMP.BODY.
 *   secrets  in  at most 4
 * Returns text.
 */
const char *webhook_signature_format(const struct bytes *secrets, size_t count, const char *id, int64_t timestamp_s,
                                     struct bytes body, char text[WEBHOOK_SIGNATURE_TEXT_SIZE]);

#endif
