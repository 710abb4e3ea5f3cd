#include "audit/checkpoint.h"

#include "audit/lines_internal.h"
#include "audit/merkle.h"
#include "base/cleanup.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Others' extension lines are read over; an empty one would be a way to hide an end. */
static bool are_extension_lines(struct bytes rest)
{
    struct bytes line;

    while (rest.size > 0) {
        if (!lines_take(&rest, &line) || line.size == 0)
            return false;
    }
    return true;
}

enum zcd_code checkpoint_parse(struct bytes text, struct checkpoint *checkpoint, struct zcd_error *err)
{
    struct bytes origin, size, root;
    struct checkpoint parsed = {.size = 0};

    if (!lines_take(&text, &origin) || !lines_take(&text, &size) || !lines_take(&text, &root)
        || !are_extension_lines(text))
        return zcd_fail(err, ZCD_INVALID, "checkpoint has fewer than three lines, or an empty one");
    if (!note_name_is_valid(origin))
        return zcd_fail(err, ZCD_INVALID, "checkpoint's origin cannot be a key's name");
    if (!lines_parse_decimal(size, &parsed.size))
        return zcd_fail(err, ZCD_INVALID, "checkpoint's size is not a decimal below 2^63");
    if (!lines_parse_hash(root, &parsed.root))
        return zcd_fail(err, ZCD_INVALID, "checkpoint's root is not 32 bytes in base64");
    struct sha256 empty_root = merkle_empty_root();
    if (parsed.size == 0 && !sha256_equal(&parsed.root, &empty_root))
        return zcd_fail(err, ZCD_INVALID, "checkpoint of size 0 has another root than the empty tree");

    memcpy(parsed.origin, origin.data, origin.size);
    *checkpoint = parsed;
    return ZCD_OK;
}

void checkpoint_format(const struct checkpoint *checkpoint, struct buffer *text)
{
    assert(note_name_is_valid(bytes_of_text(checkpoint->origin)));
    assert(checkpoint->size <= (uint64_t)MERKLE_SIZE_MAX);

    buffer_append_format(text, "%s\n%" PRIu64 "\n", checkpoint->origin, checkpoint->size);
    lines_append_hash(text, &checkpoint->root);
}

enum zcd_code checkpoint_sign(const struct checkpoint *checkpoint, const struct signature_key *key, struct buffer *note,
                              struct zcd_error *err)
{
    const struct sm2_key *second = signature_key_second(key);
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    ZCD_AUTO(buffer_done)
    struct buffer made = {0};

    checkpoint_format(checkpoint, &text);
    enum zcd_code code = note_sign(buffer_bytes(&text), checkpoint->origin, key, &made, err);
    if (code == ZCD_OK && second != NULL)
        code = note_append_sm2(buffer_bytes(&text), checkpoint->origin, second, &made, err);
    if (code == ZCD_OK)
        buffer_append(note, made.data, made.size);
    return code;
}

enum zcd_code checkpoint_verify(struct bytes note, const struct note_vkey *vkey, struct checkpoint *checkpoint,
                                struct zcd_error *err)
{
    struct note parts;
    struct checkpoint parsed;

    /* What a witness says is another statement than the log's own. */
    if (vkey->algorithm == NOTE_COSIGNATURE)
        return zcd_fail(err, ZCD_INVALID, "the key is a witness's, not a log's");
    enum zcd_code code = note_parse(note, &parts, err);
    if (code == ZCD_OK)
        code = note_verify(&parts, vkey, 1, err);
    if (code == ZCD_OK)
        code = checkpoint_parse(parts.text, &parsed, err);
    if (code != ZCD_OK)
        return code;
    /* The same key may sign other texts than this log's checkpoints; those are not ours to believe. */
    if (strcmp(parsed.origin, vkey->name) != 0)
        return zcd_fail(err, ZCD_INVALID, "checkpoint's origin is not the key's name");
    *checkpoint = parsed;
    return ZCD_OK;
}

enum zcd_code checkpoint_read_unverified(struct bytes note, struct checkpoint *checkpoint, struct zcd_error *err)
{
    struct note parts;

    enum zcd_code code = note_parse(note, &parts, err);
    if (code != ZCD_OK)
        return code;
    return checkpoint_parse(parts.text, checkpoint, err);
}
