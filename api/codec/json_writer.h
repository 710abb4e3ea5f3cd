/*
 * json_writer.h - writes one document straight into canonical form (audit/canonical_json.h), without a tree in between.
 *
 * The caller writes an object's members in ascending order of their names; an assert holds it to that, since the
 * order is our own code's. Names are literals of lower-case letters, digits and '_'. Texts come from documents that were
 * decoded, so they are UTF-8 without NUL. An integer that JSON readers cannot hold exactly is remembered, not
 * written, and refused at the end. Thread: one at a time.
 */
#ifndef API_CODEC_JSON_WRITER_H
#define API_CODEC_JSON_WRITER_H

#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_WRITER_DEPTH_MAX 16

/* One open object or array. */
struct json_writer_level {
    const char *name; /* of the member written last; NULL in an array */
    size_t count;     /* of the members or elements so far */
    bool is_array;
};

struct json_writer {
    struct buffer *text; /* borrowed; appended to */
    size_t depth;
    struct json_writer_level levels[JSON_WRITER_DEPTH_MAX];
    struct zcd_error first_refusal; /* code ZCD_OK: none */
};

void json_writer_init(struct json_writer *writer, struct buffer *text);

/* Every value takes the member's name, or NULL for an element of an array and for the whole document. */
void json_write_object(struct json_writer *writer, const char *name); /* to be closed with json_write_end */
void json_write_array(struct json_writer *writer, const char *name);  /* the same */
void json_write_end(struct json_writer *writer);
void json_write_integer(struct json_writer *writer, const char *name, int64_t value);
void json_write_boolean(struct json_writer *writer, const char *name, bool value);
void json_write_text(struct json_writer *writer, const char *name, const char *text);
void json_write_null(struct json_writer *writer, const char *name);
void json_write_canonical(struct json_writer *writer, const char *name, struct bytes value); /* in canonical form already */

/*
 * Everything is closed. ZCD_INVALID with the pointer of the first integer larger than CANONICAL_JSON_INTEGER_MAX in size;
 * what was written is then of no use.
 */
enum zcd_code json_writer_finish(const struct json_writer *writer, struct zcd_error *err) ZCD_MUST_USE;

#endif
