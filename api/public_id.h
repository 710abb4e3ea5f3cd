/*
 * public_id.h - ids that clients see: a prefix that says of what, then 32 hexadecimal digits that sort by time.
 *
 * 48 bits of milliseconds since 1970, then 80 random bits: the layout of a ULID. Thread: any.
 */
#ifndef API_PUBLIC_ID_H
#define API_PUBLIC_ID_H

#include <stdbool.h>
#include <stdint.h>

#define PUBLIC_ID_SIZE 48 /* a prefix of at most 15 characters, the digits, NUL */

/* A new one; prefix is "job_", for example. Returns id. */
const char *public_id_new(const char *prefix, int64_t now_us, char id[PUBLIC_ID_SIZE]);

/* Could the text be one of these? What cannot be need not be looked for. */
bool public_id_is(const char *prefix, const char *text);

#endif
