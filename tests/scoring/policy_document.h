/* policy_document.h - for tests: a shipped policy as a JSON tree that can be changed and decoded again. */
#ifndef TESTS_SCORING_POLICY_DOCUMENT_H
#define TESTS_SCORING_POLICY_DOCUMENT_H

#include "api/codec/policy_decode.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The caller's, to be released with json_decref. */
static inline json_t *policy_document_load(const char *name)
{
    char path[512];
    json_error_t problem;
    (void)snprintf(path, sizeof path, "%s/data/policies/%s.json", ZCD_SOURCE_DIR, name);
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &problem);
    assert_non_null(document);
    return document;
}

/* Decode the tree as the document it stands for. */
static inline enum zcd_code policy_document_decode(const json_t *document, struct arena *arena,
                                                   const struct policy **policy, struct zcd_error *err)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_non_null(text);
    enum zcd_code code = policy_decode(bytes_of_text(text), arena, policy, err);
    free(text);
    return code;
}

/* The value at a pointer; NULL where there is none. */
static inline json_t *policy_document_at(json_t *value, const char *pointer)
{
    char name[256];
    while (value != NULL && *pointer == '/') {
        size_t size = strcspn(++pointer, "/");
        memcpy(name, pointer, size);
        name[size] = '\0';
        pointer += size;
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(name)) : json_object_get(value, name);
    }
    return value;
}

/* Put a value (taken over) where the pointer says; the parent exists. */
static inline void policy_document_set(json_t *document, const char *pointer, json_t *value)
{
    const char *last = strrchr(pointer, '/');
    char parent[256];
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(last - pointer), pointer);
    json_t *target = policy_document_at(document, parent);
    assert_non_null(target);
    if (json_is_array(target))
        assert_int_equal(json_array_set_new(target, (size_t)atoi(last + 1), value), 0);
    else
        assert_int_equal(json_object_set_new(target, last + 1, value), 0);
}

#endif
