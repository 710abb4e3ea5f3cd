#include "api/codec/json_writer.h"

#include "audit/canonical_json.h"

#include <assert.h>
#include <string.h>

void json_writer_init(struct json_writer *writer, struct buffer *text)
{
    writer->text = text;
    writer->depth = 0;
    writer->first_refusal.code = ZCD_OK;
}

/* What stands between the value before and this one. */
static void write_lead(struct json_writer *writer, const char *name)
{
    char lead[80];
    size_t size = 0;

    if (writer->depth == 0) {
        assert(name == NULL);
        return;
    }
    struct json_writer_level *level = &writer->levels[writer->depth - 1];
    assert(level->is_array == (name == NULL));
    if (level->count++ > 0)
        lead[size++] = ',';
    if (name != NULL) {
        size_t name_size = strlen(name);
        assert(name_size < sizeof lead - 4);
        assert(level->name == NULL || strcmp(level->name, name) < 0);
        level->name = name;
        lead[size++] = '"';
        memcpy(lead + size, name, name_size);
        size += name_size;
        lead[size++] = '"';
        lead[size++] = ':';
    }
    if (size > 0)
        buffer_append(writer->text, lead, size);
}

static void open_level(struct json_writer *writer, const char *name, bool is_array)
{
    write_lead(writer, name);
    assert(writer->depth < JSON_WRITER_DEPTH_MAX);
    buffer_append(writer->text, is_array ? "[" : "{", 1);
    writer->levels[writer->depth++] = (struct json_writer_level){.is_array = is_array};
}

void json_write_object(struct json_writer *writer, const char *name)
{
    open_level(writer, name, false);
}

void json_write_array(struct json_writer *writer, const char *name)
{
    open_level(writer, name, true);
}

void json_write_end(struct json_writer *writer)
{
    assert(writer->depth > 0);
    buffer_append(writer->text, writer->levels[--writer->depth].is_array ? "]" : "}", 1);
}

/* The pointer of the value just begun, from the innermost level outward. */
static void refuse(struct json_writer *writer)
{
    struct zcd_error *err = &writer->first_refusal;
    if (err->code != ZCD_OK)
        return;
    (void)zcd_fail(err, ZCD_INVALID, "is larger than 2^53 - 1 in size");
    for (size_t i = writer->depth; i-- > 0;) {
        const struct json_writer_level *level = &writer->levels[i];
        if (level->is_array)
            (void)zcd_fail_within_index(err, level->count - 1);
        else
            (void)zcd_fail_within(err, level->name);
    }
}

void json_write_integer(struct json_writer *writer, const char *name, int64_t value)
{
    write_lead(writer, name);
    if (value > CANONICAL_JSON_INTEGER_MAX || value < -CANONICAL_JSON_INTEGER_MAX)
        refuse(writer);
    else
        canonical_json_append_integer(writer->text, value);
}

void json_write_boolean(struct json_writer *writer, const char *name, bool value)
{
    write_lead(writer, name);
    buffer_append(writer->text, value ? "true" : "false", value ? 4 : 5);
}

void json_write_text(struct json_writer *writer, const char *name, const char *text)
{
    write_lead(writer, name);
    canonical_json_append_string(writer->text, bytes_of_text(text));
}

void json_write_null(struct json_writer *writer, const char *name)
{
    write_lead(writer, name);
    buffer_append(writer->text, "null", 4);
}

void json_write_canonical(struct json_writer *writer, const char *name, struct bytes value)
{
    write_lead(writer, name);
    buffer_append(writer->text, value.data, value.size);
}

enum zcd_code json_writer_finish(const struct json_writer *writer, struct zcd_error *err)
{
    assert(writer->depth == 0);
    if (writer->first_refusal.code != ZCD_OK)
        *err = writer->first_refusal;
    return writer->first_refusal.code;
}
