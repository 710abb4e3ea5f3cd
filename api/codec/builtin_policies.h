/*
 * builtin_policies.h - the policy documents that ship with the program, byte for byte as in data/policies.
 *
 * Made by cmake/reference_tables.cmake. Static, read-only. Thread: any.
 */
#ifndef API_CODEC_BUILTIN_POLICIES_H
#define API_CODEC_BUILTIN_POLICIES_H

#include <stddef.h>
#include <stdint.h>

struct builtin_policy {
    const char *name;    /* of the file without ".json": "zhengcaidai" */
    const uint8_t *data; /* a JSON document; a NUL stands behind it */
    size_t size;         /* without that NUL */
};

/* In order of name; a row of zeros stands behind the last. */
extern const struct builtin_policy BUILTIN_POLICIES[];
extern const size_t BUILTIN_POLICY_COUNT;

#endif
