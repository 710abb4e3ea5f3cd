#include "audit/note.h"

#include "audit/lines_internal.h"
#include "audit/sha256.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SIGNATURE_LINE_START "\xe2\x80\x94 " /* U+2014 and a space */

enum {
    KEY_ID_SIZE = 4,
    KEY_ID_DIGITS = 8,
    VKEY_DATA_SIZE = 1 + SIGNATURE_PUBLIC_KEY_SIZE, /* type and key */
    VKEY_BASE64_SIZE = 44,
    PAYLOAD_SIZE_MAX = NOTE_SIGNATURE_BASE64_MAX / 4 * 3,
    PAYLOAD_SIZE = KEY_ID_SIZE + SIGNATURE_SIZE /* of an Ed25519 line */
};

static uint32_t read_key_id(const uint8_t bytes[KEY_ID_SIZE])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

static void write_key_id(uint32_t key_id, uint8_t bytes[KEY_ID_SIZE])
{
    for (int i = 0; i < KEY_ID_SIZE; i++)
        bytes[i] = (uint8_t)(key_id >> (24 - 8 * i));
}

/* ------------------------------------------------------------------ names */

/* The characters beyond ASCII that Unicode calls White_Space, in UTF-8. */
static bool starts_with_white_space(const uint8_t *data, size_t size)
{
    static const char *const TWO[] = {"\xc2\x85", "\xc2\xa0"};
    static const char *const THREE[] = {"\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9",
                                        "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

    for (size_t i = 0; size >= 2 && i < sizeof TWO / sizeof TWO[0]; i++) {
        if (memcmp(data, TWO[i], 2) == 0)
            return true;
    }
    for (size_t i = 0; size >= 3 && i < sizeof THREE / sizeof THREE[0]; i++) {
        if (memcmp(data, THREE[i], 3) == 0)
            return true;
    }
    /* U+2000 to U+200A */
    return size >= 3 && memcmp(data, "\xe2\x80", 2) == 0 && data[2] >= 0x80 && data[2] <= 0x8a;
}

bool note_name_is_valid(struct bytes name)
{
    if (name.size == 0 || name.size >= NOTE_NAME_SIZE || !bytes_are_utf8(name))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        if (byte <= ' ' || byte == '+')
            return false;
        if (starts_with_white_space(name.data + i, name.size - i))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------ verifier keys */

static void write_vkey_data(const struct signature_public_key *key, uint8_t data[VKEY_DATA_SIZE])
{
    data[0] = NOTE_TYPE_ED25519;
    memcpy(data + 1, key->bytes, SIGNATURE_PUBLIC_KEY_SIZE);
}

/* c2sp.org/signed-note, "Signatures": the first four bytes of SHA-256(name || 0x0A || type || key). */
static uint32_t key_id_of(const char *name, const struct signature_public_key *key)
{
    uint8_t data[VKEY_DATA_SIZE];
    write_vkey_data(key, data);

    const struct bytes parts[] = {bytes_of_text(name), bytes_of_text("\n"), {data, sizeof data}};
    struct sha256 digest = sha256_of_parts(parts, 3);
    return read_key_id(digest.bytes);
}

enum zcd_code note_vkey_init(const char *name, const struct signature_public_key *key, struct note_vkey *vkey,
                             struct zcd_error *err)
{
    if (!note_name_is_valid(bytes_of_text(name)))
        return zcd_fail(err, ZCD_INVALID, "key name is empty, too long, or has a space, '+' or control character");
    if (!signature_public_key_is_sound(key))
        return zcd_fail(err, ZCD_INVALID, "public key is not a sound Ed25519 key");

    struct note_vkey made = {.key_id = key_id_of(name, key), .key = *key};
    memcpy(made.name, name, strlen(name) + 1);
    *vkey = made;
    return ZCD_OK;
}

/* Take the text apart at its first two '+' (base64 may contain more). */
static bool split_vkey(const char *text, char name[NOTE_NAME_SIZE], const char **key_id, const char **base64)
{
    const char *first = strchr(text, '+');
    const char *second = first == NULL ? NULL : strchr(first + 1, '+');

    if (second == NULL || second - first != 1 + KEY_ID_DIGITS || first - text >= NOTE_NAME_SIZE)
        return false;
    memcpy(name, text, (size_t)(first - text));
    name[first - text] = '\0';
    *key_id = first + 1;
    *base64 = second + 1;
    return true;
}

enum zcd_code note_vkey_parse(const char *text, struct note_vkey *vkey, struct zcd_error *err)
{
    char name[NOTE_NAME_SIZE];
    const char *key_id_text, *base64;
    uint8_t key_id[KEY_ID_SIZE];
    uint8_t data[VKEY_DATA_SIZE];
    size_t size;

    if (!split_vkey(text, name, &key_id_text, &base64)
        || hex_decode(key_id_text, KEY_ID_DIGITS, key_id, KEY_ID_SIZE, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "verifier key is not of the form name+8 hex digits+base64");
    if (base64_decode(base64, strnlen(base64, VKEY_BASE64_SIZE + 1), data, sizeof data, &size, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "verifier key is not in base64, or too long");
    if (size != VKEY_DATA_SIZE || data[0] != NOTE_TYPE_ED25519)
        return zcd_fail(err, ZCD_INVALID, "verifier key is not an Ed25519 key (type 1)");

    struct signature_public_key key;
    struct note_vkey made;
    memcpy(key.bytes, data + 1, sizeof key.bytes);
    enum zcd_code code = note_vkey_init(name, &key, &made, err);
    if (code != ZCD_OK)
        return code;
    if (made.key_id != read_key_id(key_id))
        return zcd_fail(err, ZCD_INVALID, "verifier key's id does not belong to its name and key");
    *vkey = made;
    return ZCD_OK;
}

const char *note_vkey_format(const struct note_vkey *vkey, char text[NOTE_VKEY_SIZE])
{
    uint8_t data[VKEY_DATA_SIZE];
    char base64[VKEY_BASE64_SIZE + 1];

    write_vkey_data(&vkey->key, data);
    base64_encode(data, sizeof data, base64);
    (void)snprintf(text, NOTE_VKEY_SIZE, "%s+%08x+%s", vkey->name, vkey->key_id, base64);
    return text;
}

/* ------------------------------------------------------------------ reading */

static bool is_note_text(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 && text.data[i] != '\n')
            return false;
    }
    return bytes_are_utf8(text);
}

/* Offset of the last empty line's LF, that is of the second of the last two LF in a row; 0 when there is none. */
static size_t find_last_empty_line(struct bytes bytes)
{
    for (size_t i = bytes.size; i >= 2; i--) {
        if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n')
            return i - 1;
    }
    return 0;
}

static bool parse_signature_line(struct bytes line, struct note_signature *signature)
{
    if (!lines_take_prefix(&line, SIGNATURE_LINE_START))
        return false;
    const uint8_t *space = line.size == 0 ? NULL : memchr(line.data, ' ', line.size);
    if (space == NULL)
        return false;

    struct bytes name = {line.data, (size_t)(space - line.data)};
    struct bytes base64 = {space + 1, line.size - name.size - 1};
    uint8_t payload[PAYLOAD_SIZE_MAX];
    size_t size;
    struct zcd_error ignored;
    if (!note_name_is_valid(name) || base64.size > NOTE_SIGNATURE_BASE64_MAX)
        return false;
    if (base64_decode((const char *)base64.data, base64.size, payload, sizeof payload, &size, &ignored) != ZCD_OK)
        return false;
    if (size <= KEY_ID_SIZE)
        return false;
    *signature = (struct note_signature){.name = name, .key_id = read_key_id(payload), .base64 = base64};
    return true;
}

static enum zcd_code parse_signatures(struct bytes lines, struct note *note, struct zcd_error *err)
{
    struct bytes line;

    while (lines.size > 0) {
        if (note->signature_count == NOTE_SIGNATURES_MAX)
            return zcd_fail(err, ZCD_INVALID, "note has more than %d signatures", NOTE_SIGNATURES_MAX);
        if (!lines_take(&lines, &line) || !parse_signature_line(line, &note->signature[note->signature_count]))
            return zcd_fail(err, ZCD_INVALID, "note's signature line %zu is malformed", note->signature_count + 1);
        note->signature_count++;
    }
    if (note->signature_count == 0)
        return zcd_fail(err, ZCD_INVALID, "note has no signature");
    return ZCD_OK;
}

enum zcd_code note_parse(struct bytes bytes, struct note *note, struct zcd_error *err)
{
    if (bytes.size > NOTE_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "note is larger than %d bytes", NOTE_SIZE_MAX);
    if (!is_note_text(bytes))
        return zcd_fail(err, ZCD_INVALID, "note is not UTF-8, or has a control character");

    /* The last empty line, since the text may contain some. */
    size_t empty_line = find_last_empty_line(bytes);
    if (empty_line == 0)
        return zcd_fail(err, ZCD_INVALID, "note has no empty line before its signatures");

    struct note parsed;
    parsed.text = (struct bytes){bytes.data, empty_line};
    parsed.signature_count = 0;
    enum zcd_code code =
        parse_signatures((struct bytes){bytes.data + empty_line + 1, bytes.size - empty_line - 1}, &parsed, err);
    if (code == ZCD_OK)
        *note = parsed;
    return code;
}

/* ------------------------------------------------------------------ verifying */

static bool same_key(const struct note_signature *a, const struct note_signature *b)
{
    return a->key_id == b->key_id && bytes_equal(a->name, b->name);
}

/* Of several lines by one key the first counts, as in golang.org/x/mod/sumdb/note. */
static bool stands_before(const struct note *note, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (same_key(&note->signature[i], &note->signature[index]))
            return true;
    }
    return false;
}

static const struct note_vkey *find_key(const struct note_signature *signature, const struct note_vkey *keys,
                                        size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].key_id == signature->key_id && bytes_equal(bytes_of_text(keys[i].name), signature->name))
            return &keys[i];
    }
    return NULL;
}

static bool verify_line(struct bytes text, const struct note_signature *line, const struct note_vkey *vkey)
{
    uint8_t payload[PAYLOAD_SIZE];
    size_t size;
    struct zcd_error ignored;
    struct signature signature;

    if (base64_decode((const char *)line->base64.data, line->base64.size, payload, sizeof payload, &size, &ignored)
            != ZCD_OK
        || size != PAYLOAD_SIZE)
        return false;
    memcpy(signature.bytes, payload + KEY_ID_SIZE, SIGNATURE_SIZE);
    return signature_verify(&vkey->key, text, &signature);
}

enum zcd_code note_verify(const struct note *note, const struct note_vkey *keys, size_t key_count,
                          struct zcd_error *err)
{
    bool found = false;

    for (size_t i = 0; i < note->signature_count; i++) {
        const struct note_vkey *vkey = find_key(&note->signature[i], keys, key_count);
        if (vkey == NULL || stands_before(note, i))
            continue;
        if (!verify_line(note->text, &note->signature[i], vkey))
            return zcd_fail(err, ZCD_CORRUPT, "signature %zu does not verify", i + 1);
        found = true;
    }
    if (!found)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no signature by a known key");
    return ZCD_OK;
}

/* ------------------------------------------------------------------ signing */

static void append_signature_line(const struct note_vkey *vkey, const struct signature *signature, struct buffer *note)
{
    uint8_t payload[PAYLOAD_SIZE];
    char base64[PAYLOAD_SIZE / 3 * 4 + 5];

    write_key_id(vkey->key_id, payload);
    memcpy(payload + KEY_ID_SIZE, signature->bytes, SIGNATURE_SIZE);
    base64_encode(payload, sizeof payload, base64);
    buffer_append_text(note, SIGNATURE_LINE_START);
    buffer_append_text(note, vkey->name);
    buffer_append_text(note, " ");
    buffer_append_text(note, base64);
    buffer_append_text(note, "\n");
}

enum zcd_code note_sign(struct bytes text, const char *name, const struct signature_key *key, struct buffer *note,
                        struct zcd_error *err)
{
    struct signature_public_key public_key = signature_key_public(key);
    struct note_vkey vkey;
    struct signature signature;

    enum zcd_code code = note_vkey_init(name, &public_key, &vkey, err);
    if (code != ZCD_OK)
        return code;
    if (text.size == 0 || text.size > NOTE_SIZE_MAX / 2 || text.data[text.size - 1] != '\n' || !is_note_text(text))
        return zcd_fail(err, ZCD_INVALID, "text cannot be a note's");
    code = signature_sign(key, text, &signature, err);
    if (code != ZCD_OK)
        return code;

    buffer_append(note, text.data, text.size);
    buffer_append_text(note, "\n");
    append_signature_line(&vkey, &signature, note);
    return ZCD_OK;
}
