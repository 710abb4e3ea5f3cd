#include "api/codec/json_diff.h"

#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct walk {
    struct buffer *json;
    const char *ignored;
    size_t count;
    struct buffer pointer;
};

static void walk_done(struct walk *walk)
{
    buffer_done(&walk->pointer);
}

/* RFC 6901 section 3: ~ and / are escaped. */
static void push_name(struct walk *walk, const char *name)
{
    buffer_append_text(&walk->pointer, "/");
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/')
            buffer_append_text(&walk->pointer, *name == '~' ? "~0" : "~1");
        else
            buffer_append(&walk->pointer, name, 1);
    }
}

static void pop(struct walk *walk, size_t size)
{
    walk->pointer.size = size;
    if (walk->pointer.data != NULL)
        walk->pointer.data[size] = '\0';
}

static void append_side(struct walk *walk, const char *name, const json_t *value)
{
    struct zcd_error err;

    if (value == NULL)
        return;
    buffer_append_format(walk->json, ",\"%s\":", name);
    if (canonical_json_encode(value, walk->json, &err) != ZCD_OK)
        buffer_append_text(walk->json, "null"); /* what cannot be said exactly is still known to differ */
}

static void note_difference(struct walk *walk, const json_t *recorded, const json_t *replayed)
{
    if (walk->count++ >= JSON_DIFF_SHOWN_MAX)
        return;
    buffer_append_text(walk->json, walk->count == 1 ? "{\"pointer\":" : ",{\"pointer\":");
    canonical_json_append_string(walk->json, buffer_bytes(&walk->pointer));
    append_side(walk, "recorded", recorded);
    append_side(walk, "replayed", replayed);
    buffer_append_text(walk->json, "}");
}

static bool is_ignored(const struct walk *walk)
{
    return walk->ignored != NULL && walk->pointer.size > 0
           && strcmp((const char *)walk->pointer.data, walk->ignored) == 0;
}

static void compare(struct walk *walk, json_t *recorded, json_t *replayed);

static void compare_objects(struct walk *walk, json_t *recorded, json_t *replayed)
{
    size_t size = walk->pointer.size;
    const char *name;
    json_t *member;

    json_object_foreach(recorded, name, member)
    {
        push_name(walk, name);
        compare(walk, member, json_object_get(replayed, name));
        pop(walk, size);
    }
    json_object_foreach(replayed, name, member)
    {
        if (json_object_get(recorded, name) != NULL)
            continue;
        push_name(walk, name);
        compare(walk, NULL, member);
        pop(walk, size);
    }
}

static void compare_arrays(struct walk *walk, const json_t *recorded, const json_t *replayed)
{
    size_t size = walk->pointer.size;
    size_t count = json_array_size(recorded);

    if (json_array_size(replayed) > count)
        count = json_array_size(replayed);
    for (size_t i = 0; i < count; i++) {
        buffer_append_format(&walk->pointer, "/%zu", i);
        compare(walk, json_array_get(recorded, i), json_array_get(replayed, i));
        pop(walk, size);
    }
}

/* Documents are decoded with a bounded depth, so this ends. */
static void compare(struct walk *walk, json_t *recorded, json_t *replayed)
{
    if (is_ignored(walk))
        return;
    if (json_is_object(recorded) && json_is_object(replayed))
        compare_objects(walk, recorded, replayed);
    else if (json_is_array(recorded) && json_is_array(replayed))
        compare_arrays(walk, recorded, replayed);
    else if (!json_equal(recorded, replayed))
        note_difference(walk, recorded, replayed);
}

enum zcd_code json_diff(struct bytes recorded, struct bytes replayed, const char *ignored, struct buffer *json,
                        size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *before = NULL;
    ZCD_AUTO(canonical_json_free)
    struct json_t *after = NULL;
    ZCD_AUTO(walk_done)
    struct walk walk = {.json = json, .ignored = ignored};

    enum zcd_code code = canonical_json_decode(recorded, &before, err);
    if (code == ZCD_OK)
        code = canonical_json_decode(replayed, &after, err);
    if (code != ZCD_OK)
        return code;
    buffer_append_text(json, "[");
    compare(&walk, before, after);
    buffer_append_text(json, "]");
    *count = walk.count;
    return ZCD_OK;
}
