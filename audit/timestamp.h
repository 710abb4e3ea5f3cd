/*
 * timestamp.h - RFC 3161: what a time-stamping authority is asked about a checkpoint, and what its token proves.
 *
 * What is stamped is the SHA-256 of the text of the checkpoint's note (audit/note.h), so that signatures may be added later.
 * Kept beside the checkpoint is the TimeStampToken alone, in DER. By OpenSSL's TS. Thread: any.
 */
#ifndef AUDIT_TIMESTAMP_H
#define AUDIT_TIMESTAMP_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define TIMESTAMP_SIZE_MAX 65536 /* of a token, and of an authority's answer */
#define TIMESTAMP_NONCE_SIZE 8
#define TIMESTAMP_QUERY_TYPE "application/timestamp-query"
#define TIMESTAMP_REPLY_TYPE "application/timestamp-reply"

/*
 * Append a TimeStampReq about the text, asking for the authority's certificate. libcrypto out of memory ends the process.
 *   nonce  in  fresh, at random
 */
void timestamp_request(struct bytes text, const uint8_t nonce[TIMESTAMP_NONCE_SIZE], struct buffer *der);

/*
 * Take the token out of a TimeStampResp: whether it is about this text and nonce is looked at, who signed it is not.
 * ZCD_INVALID: not one DER TimeStampResp. ZCD_CONFLICT: the authority refused. ZCD_CORRUPT: about something else.
 */
enum zcd_code timestamp_accept(struct bytes response, struct bytes text, const uint8_t nonce[TIMESTAMP_NONCE_SIZE],
                               struct buffer *token, struct zcd_error *err) ZCD_MUST_USE;

/* Is the token about this text? Who signed it is not looked at. */
bool timestamp_is_about(struct bytes token, struct bytes text);

/*
 * Verify a token: about this text, signed by a certificate for time-stamping that leads to one of those trusted, at the time
 * that it says.
 *
 *   trusted_pem  in   certificates of authorities, from a source the reader trusts
 *   time_s       out  seconds since 1970, in the authority's clock
 *
 * ZCD_INVALID: no token, or no certificate in trusted_pem. ZCD_CORRUPT: it does not verify.
 */
enum zcd_code timestamp_verify(struct bytes token, struct bytes text, struct bytes trusted_pem, int64_t *time_s,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
