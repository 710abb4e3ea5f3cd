/*
 * support.h - what the audit tests share: files below the source tree, published vectors in JSON, a key to sign with.
 *
 * Whatever goes wrong here fails the test.
 */
#ifndef TESTS_AUDIT_SUPPORT_H
#define TESTS_AUDIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/merkle.h"
#include "audit/note.h"
#include "audit/sha256.h"
#include "audit/signature.h"
#include "base/bytes.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define VECTORS ZCD_SOURCE_DIR "/tests/vectors/audit/"
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* keys.txt of generated-xmod: keys for tests only. */
#define LOG_NAME "log.example.test/audit"
#define LOG_VKEY "log.example.test/audit+a35c7dc8+ARAyQLy/SHXaT1ZYTFb57H2Elhiwb0+LuOsh3XgJdoj4"
#define LOG_SEED "25271b1453c01a99fb84a184ad1f44471ca4c3ae3b07e3c9885f06f0ac81456c"

static inline struct buffer load_file(const char *path)
{
    struct buffer content = {0};
    char chunk[4096];
    size_t got;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail_msg("cannot open %s", path);
    buffer_append(&content, "", 0);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        buffer_append(&content, chunk, got);
    (void)fclose(file);
    return content;
}

static inline json_t *load_json(const char *path)
{
    json_error_t problem;
    json_t *value = json_load_file(path, 0, &problem);

    if (value == NULL)
        fail_msg("%s: %s", path, problem.text);
    return value;
}

static inline struct sha256 hash_of_base64(const char *text)
{
    struct sha256 hash;
    struct zcd_error err;
    size_t size;

    assert_int_equal(base64_decode(text, strlen(text), hash.bytes, sizeof hash.bytes, &size, &err), ZCD_OK);
    assert_int_equal(size, SHA256_SIZE);
    return hash;
}

static inline struct sha256 hash_of_hex(const char *text)
{
    struct sha256 hash;
    struct zcd_error err;

    assert_int_equal(hex_decode(text, strlen(text), hash.bytes, sizeof hash.bytes, &err), ZCD_OK);
    return hash;
}

static inline void assert_hash_equal(struct sha256 got, struct sha256 expected)
{
    assert_memory_equal(got.bytes, expected.bytes, SHA256_SIZE);
}

static inline struct signature_key *log_key(void)
{
    uint8_t seed[SIGNATURE_SEED_SIZE];
    struct zcd_error err;

    assert_int_equal(hex_decode(LOG_SEED, strlen(LOG_SEED), seed, sizeof seed, &err), ZCD_OK);
    return signature_key_from_seed(seed);
}

static inline struct note_vkey vkey_of(const char *text)
{
    struct note_vkey vkey;
    struct zcd_error err;

    assert_int_equal(note_vkey_parse(text, &vkey, &err), ZCD_OK);
    return vkey;
}

/* Call visit for each .json file under the folder, however deep; returns how many. */
static inline int for_each_json(const char *folder, void (*visit)(const char *path))
{
    int count = 0;
    const struct dirent *entry;
    DIR *directory = opendir(folder);

    if (directory == NULL)
        fail_msg("cannot open %s", folder);
    while ((entry = readdir(directory)) != NULL) {
        char path[1024];
        size_t length = strlen(entry->d_name);

        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
            fail_msg("path too long: %s", folder);
        if (entry->d_name[0] == '.')
            continue;
        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0) {
            visit(path);
            count++;
        } else {
            count += for_each_json(path, visit);
        }
    }
    (void)closedir(directory);
    return count;
}

/* A tree of leaf hashes in memory, all nodes kept: level 0 first, each at its place. */
#define TREE_LEAVES_MAX 1024
#define TREE_LEVELS 11
struct tree {
    struct merkle_range range;
    struct sha256 node[TREE_LEVELS][TREE_LEAVES_MAX];
    bool known[TREE_LEVELS][TREE_LEAVES_MAX];
    int lookups;
};

static inline void tree_append(struct tree *tree, struct sha256 leaf_hash)
{
    struct merkle_node made[MERKLE_APPEND_NODES_MAX];
    int count = merkle_range_append(&tree->range, &leaf_hash, made);

    for (int i = 0; i < count; i++) {
        assert_true(made[i].level < TREE_LEVELS && made[i].index < TREE_LEAVES_MAX);
        assert_false(tree->known[made[i].level][made[i].index]); /* a node is made once */
        tree->known[made[i].level][made[i].index] = true;
        tree->node[made[i].level][made[i].index] = made[i].hash;
    }
}

static inline enum zcd_code tree_find(void *context, int level, uint64_t index, struct sha256 *hash,
                                      struct zcd_error *err)
{
    struct tree *tree = context;

    (void)err;
    tree->lookups++;
    assert_true(level < TREE_LEVELS && index < TREE_LEAVES_MAX);
    assert_true(tree->known[level][index]);
    *hash = tree->node[level][index];
    return ZCD_OK;
}

#endif
