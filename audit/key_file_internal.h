/*
 * key_file_internal.h - the file that holds a private key: PKCS#8 PEM that nobody else could have read or replaced.
 *
 * Thread: any.
 */
#ifndef AUDIT_KEY_FILE_INTERNAL_H
#define AUDIT_KEY_FILE_INTERNAL_H

#include "base/error.h"

#include <openssl/evp.h>

/*
 * Write a key to a new file, unencrypted, mode 0600, synced to disk.
 * ZCD_CONFLICT when the file exists; ZCD_UNAVAILABLE when it cannot be written (nothing is left behind).
 */
enum zcd_code key_file_write(const char *path, EVP_PKEY *pkey, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read a key file.
 *   pkey  out  handed over; EVP_PKEY_free
 * The errors of signature_key_load, but for the kind of key.
 */
enum zcd_code key_file_read(const char *path, EVP_PKEY **pkey, struct zcd_error *err) ZCD_MUST_USE;

#endif
