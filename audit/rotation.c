#include "audit/rotation.h"

#include "audit/lines_internal.h"
#include "base/cleanup.h"

#include <string.h>

#define PURPOSE "zhengcaidai/key-rotation/v1"

static enum zcd_code vkey_of_key(const char *origin, const struct signature_key *key, struct note_vkey *vkey,
                                 struct zcd_error *err)
{
    const struct signature_public_key public_key = signature_key_public(key);
    return note_vkey_init(origin, &public_key, vkey, err);
}

enum zcd_code rotation_sign(const char *origin, const struct signature_key *before, const struct signature_key *after,
                            struct buffer *note, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    ZCD_AUTO(buffer_done)
    struct buffer made = {0};
    struct note_vkey old_vkey, new_vkey;
    char old_text[NOTE_VKEY_SIZE], new_text[NOTE_VKEY_SIZE];

    enum zcd_code code = vkey_of_key(origin, before, &old_vkey, err);
    if (code == ZCD_OK)
        code = vkey_of_key(origin, after, &new_vkey, err);
    if (code == ZCD_OK && note_vkey_equal(&old_vkey, &new_vkey))
        code = zcd_fail(err, ZCD_INVALID, "the new key is the old one");
    if (code != ZCD_OK)
        return code;
    buffer_append_format(&text, PURPOSE "\n%s\n%s\n%s\n", origin, note_vkey_format(&old_vkey, old_text),
                         note_vkey_format(&new_vkey, new_text));
    code = note_sign(buffer_bytes(&text), origin, before, &made, err);
    if (code == ZCD_OK)
        code = note_append_signature(buffer_bytes(&text), origin, after, &made, err);
    if (code == ZCD_OK)
        buffer_append(note, made.data, made.size);
    return code;
}

/* One line that is a verifier key. */
static enum zcd_code take_vkey(struct bytes *text, struct note_vkey *vkey, struct zcd_error *err)
{
    char copy[NOTE_VKEY_SIZE];
    struct bytes line;

    if (!lines_take(text, &line) || line.size >= sizeof copy)
        return zcd_fail(err, ZCD_INVALID, "rotation: a verifier key is missing");
    memcpy(copy, line.data, line.size);
    copy[line.size] = '\0';
    return note_vkey_parse(copy, vkey, err);
}

static enum zcd_code parse(struct bytes text, const struct note_vkey *before, struct note_vkey *after,
                           struct zcd_error *err)
{
    struct note_vkey named;
    struct bytes purpose, origin;

    if (!lines_take(&text, &purpose) || !bytes_equal(purpose, bytes_of_text(PURPOSE)) || !lines_take(&text, &origin)
        || !bytes_equal(origin, bytes_of_text(before->name)))
        return zcd_fail(err, ZCD_INVALID, "not a statement of key rotation, or another log's");
    if (take_vkey(&text, &named, err) != ZCD_OK || take_vkey(&text, after, err) != ZCD_OK)
        return err->code;
    if (text.size > 0 || !note_vkey_equal(&named, before) || strcmp(after->name, before->name) != 0
        || after->algorithm != before->algorithm || note_vkey_equal(after, before))
        return zcd_fail(err, ZCD_INVALID, "rotation: not from the trusted key to another of the same log");
    return ZCD_OK;
}

enum zcd_code rotation_verify(struct bytes note, const struct note_vkey *before, struct note_vkey *after,
                              struct zcd_error *err)
{
    struct note parsed;
    struct note_vkey next;

    enum zcd_code code = note_parse(note, &parsed, err);
    if (code == ZCD_OK)
        code = note_verify(&parsed, before, 1, err);
    if (code == ZCD_OK)
        code = parse(parsed.text, before, &next, err);
    if (code == ZCD_OK)
        code = note_verify(&parsed, &next, 1, err);
    if (code == ZCD_OK)
        *after = next;
    return code;
}
