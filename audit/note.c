#include "audit/note.h"

#include "audit/lines_internal.h"
#include "audit/sha256.h"
#include "base/cleanup.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SIGNATURE_LINE_START "\xe2\x80\x94 " /* U+2014 and a space */

enum {
    KEY_ID_SIZE = 4,
    KEY_ID_DIGITS = 8,
    VKEY_DATA_SIZE_MAX = 88, /* type and key, of SM2 */
    VKEY_BASE64_SIZE_MAX = 120,
    PAYLOAD_SIZE_MAX = NOTE_SIGNATURE_BASE64_MAX / 4 * 3,
    TIME_SIZE = 8,
    PAYLOAD_SIZE = KEY_ID_SIZE + SIGNATURE_SIZE, /* of an Ed25519 line */
    COSIGNATURE_PAYLOAD_SIZE = KEY_ID_SIZE + TIME_SIZE + SIGNATURE_SIZE,
    OWN_PAYLOAD_SIZE_MAX = KEY_ID_SIZE + TIME_SIZE + SM2_SIGNATURE_SIZE_MAX /* of any that we verify */
};

/* What stands before the key in a vkey and its id (c2sp.org/signed-note, "Signature types"). */
static const struct {
    const char *type;
    size_t type_size, key_size;
} ALGORITHMS[] = {
    [NOTE_ED25519] = {"\x01", 1, SIGNATURE_PUBLIC_KEY_SIZE},
    [NOTE_COSIGNATURE] = {"\x04", 1, SIGNATURE_PUBLIC_KEY_SIZE},
    [NOTE_SM2] = {"\xff" "zhengcaidai/sm2-sm3/v1", 23, SM2_PUBLIC_KEY_SIZE},
};
enum { ALGORITHM_COUNT = sizeof ALGORITHMS / sizeof ALGORITHMS[0] };

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

/* Type and key; returns the size. */
static size_t write_vkey_data(const struct note_vkey *vkey, uint8_t data[VKEY_DATA_SIZE_MAX])
{
    const size_t type_size = ALGORITHMS[vkey->algorithm].type_size;
    const size_t key_size = ALGORITHMS[vkey->algorithm].key_size;
    const uint8_t *key = vkey->algorithm == NOTE_SM2 ? vkey->sm2.bytes : vkey->key.bytes;

    memcpy(data, ALGORITHMS[vkey->algorithm].type, type_size);
    memcpy(data + type_size, key, key_size);
    return type_size + key_size;
}

/* c2sp.org/signed-note, "Signatures": the first four bytes of SHA-256(name || 0x0A || type || key). */
static uint32_t key_id_of(const struct note_vkey *vkey)
{
    uint8_t data[VKEY_DATA_SIZE_MAX];
    size_t size = write_vkey_data(vkey, data);

    const struct bytes parts[] = {bytes_of_text(vkey->name), bytes_of_text("\n"), {data, size}};
    struct sha256 digest = sha256_of_parts(parts, 3);
    return read_key_id(digest.bytes);
}

static bool is_sound(const struct note_vkey *vkey)
{
    return vkey->algorithm == NOTE_SM2 ? sm2_public_key_is_sound(&vkey->sm2)
                                       : signature_public_key_is_sound(&vkey->key);
}

/* Algorithm and key are filled in; the rest follows. */
static enum zcd_code finish_vkey(const char *name, struct note_vkey *made, struct note_vkey *vkey,
                                 struct zcd_error *err)
{
    if (!note_name_is_valid(bytes_of_text(name)))
        return zcd_fail(err, ZCD_INVALID, "key name is empty, too long, or has a space, '+' or control character");
    if (!is_sound(made))
        return zcd_fail(err, ZCD_INVALID, "public key is not a sound %s key",
                        made->algorithm == NOTE_SM2 ? "SM2" : "Ed25519");
    memcpy(made->name, name, strlen(name) + 1);
    made->key_id = key_id_of(made);
    *vkey = *made;
    return ZCD_OK;
}

enum zcd_code note_vkey_init(const char *name, const struct signature_public_key *key, struct note_vkey *vkey,
                             struct zcd_error *err)
{
    return finish_vkey(name, &(struct note_vkey){.algorithm = NOTE_ED25519, .key = *key}, vkey, err);
}

enum zcd_code note_vkey_init_cosignature(const char *name, const struct signature_public_key *key,
                                         struct note_vkey *vkey, struct zcd_error *err)
{
    return finish_vkey(name, &(struct note_vkey){.algorithm = NOTE_COSIGNATURE, .key = *key}, vkey, err);
}

enum zcd_code note_vkey_init_sm2(const char *name, const struct sm2_public_key *key, struct note_vkey *vkey,
                                 struct zcd_error *err)
{
    return finish_vkey(name, &(struct note_vkey){.algorithm = NOTE_SM2, .sm2 = *key}, vkey, err);
}

bool note_vkey_equal(const struct note_vkey *a, const struct note_vkey *b)
{
    uint8_t first[VKEY_DATA_SIZE_MAX], second[VKEY_DATA_SIZE_MAX];

    return a->algorithm == b->algorithm && strcmp(a->name, b->name) == 0
           && write_vkey_data(a, first) == write_vkey_data(b, second)
           && memcmp(first, second, ALGORITHMS[a->algorithm].type_size + ALGORITHMS[a->algorithm].key_size) == 0;
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

/* Type and key taken apart. False for a type that is not ours, or another length. */
static bool read_vkey_data(struct bytes data, struct note_vkey *vkey)
{
    for (int i = 0; i < ALGORITHM_COUNT; i++) {
        const size_t type_size = ALGORITHMS[i].type_size;
        if (data.size != type_size + ALGORITHMS[i].key_size || memcmp(data.data, ALGORITHMS[i].type, type_size) != 0)
            continue;
        vkey->algorithm = (enum note_algorithm)i;
        uint8_t *key = vkey->algorithm == NOTE_SM2 ? vkey->sm2.bytes : vkey->key.bytes;
        memcpy(key, data.data + type_size, ALGORITHMS[i].key_size);
        return true;
    }
    return false;
}

enum zcd_code note_vkey_parse(const char *text, struct note_vkey *vkey, struct zcd_error *err)
{
    char name[NOTE_NAME_SIZE];
    const char *key_id_text, *base64;
    uint8_t key_id[KEY_ID_SIZE];
    uint8_t data[VKEY_DATA_SIZE_MAX + 2];
    size_t size;
    struct note_vkey made = {.key_id = 0};

    if (!split_vkey(text, name, &key_id_text, &base64)
        || hex_decode(key_id_text, KEY_ID_DIGITS, key_id, KEY_ID_SIZE, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "verifier key is not of the form name+8 hex digits+base64");
    if (base64_decode(base64, strnlen(base64, VKEY_BASE64_SIZE_MAX + 1), data, sizeof data, &size, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "verifier key is not in base64, or too long");
    if (!read_vkey_data((struct bytes){data, size}, &made))
        return zcd_fail(err, ZCD_INVALID, "verifier key is of no known type: Ed25519 (1), cosignature (4), SM2 (255)");
    enum zcd_code code = finish_vkey(name, &made, &made, err);
    if (code != ZCD_OK)
        return code;
    if (made.key_id != read_key_id(key_id))
        return zcd_fail(err, ZCD_INVALID, "verifier key's id does not belong to its name and key");
    *vkey = made;
    return ZCD_OK;
}

const char *note_vkey_format(const struct note_vkey *vkey, char text[NOTE_VKEY_SIZE])
{
    uint8_t data[VKEY_DATA_SIZE_MAX];
    char base64[VKEY_BASE64_SIZE_MAX + 1];

    base64_encode(data, write_vkey_data(vkey, data), base64);
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

enum zcd_code note_parse_lines(struct bytes lines, struct note_signature signature[NOTE_SIGNATURES_MAX], size_t *count,
                               struct zcd_error *err)
{
    struct bytes line;
    size_t read = 0;

    while (lines.size > 0) {
        if (read == NOTE_SIGNATURES_MAX)
            return zcd_fail(err, ZCD_INVALID, "note has more than %d signatures", NOTE_SIGNATURES_MAX);
        if (!lines_take(&lines, &line) || !parse_signature_line(line, &signature[read]))
            return zcd_fail(err, ZCD_INVALID, "note's signature line %zu is malformed", read + 1);
        read++;
    }
    if (read == 0)
        return zcd_fail(err, ZCD_INVALID, "note has no signature");
    *count = read;
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
    const struct bytes lines = {bytes.data + empty_line + 1, bytes.size - empty_line - 1};
    enum zcd_code code = note_parse_lines(lines, parsed.signature, &parsed.signature_count, err);
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

/* c2sp.org/tlog-cosignature: what a witness signs. */
static void append_cosigned(struct bytes text, int64_t time_s, struct buffer *message)
{
    buffer_append_format(message, "cosignature/v1\ntime %" PRId64 "\n", time_s);
    buffer_append(message, text.data, text.size);
}

static bool verify_cosignature(struct bytes text, const uint8_t *payload, const struct note_vkey *vkey, int64_t *time_s)
{
    ZCD_AUTO(buffer_done) struct buffer message = {0};
    struct signature signature;
    uint64_t time = 0;

    for (int i = 0; i < TIME_SIZE; i++)
        time = time << 8 | payload[KEY_ID_SIZE + i];
    if (time > (uint64_t)INT64_MAX)
        return false;
    append_cosigned(text, (int64_t)time, &message);
    memcpy(signature.bytes, payload + KEY_ID_SIZE + TIME_SIZE, SIGNATURE_SIZE);
    if (!signature_verify(&vkey->key, buffer_bytes(&message), &signature))
        return false;
    *time_s = (int64_t)time;
    return true;
}

static bool verify_line(struct bytes text, const struct note_signature *line, const struct note_vkey *vkey,
                        int64_t *time_s)
{
    uint8_t payload[OWN_PAYLOAD_SIZE_MAX];
    size_t size;
    struct zcd_error ignored;
    struct signature signature;

    if (base64_decode((const char *)line->base64.data, line->base64.size, payload, sizeof payload, &size, &ignored)
        != ZCD_OK)
        return false;
    switch (vkey->algorithm) {
    case NOTE_ED25519:
        if (size != PAYLOAD_SIZE)
            return false;
        memcpy(signature.bytes, payload + KEY_ID_SIZE, SIGNATURE_SIZE);
        return signature_verify(&vkey->key, text, &signature);
    case NOTE_COSIGNATURE:
        return size == COSIGNATURE_PAYLOAD_SIZE && verify_cosignature(text, payload, vkey, time_s);
    case NOTE_SM2:
        return sm2_verify(&vkey->sm2, SM2_DISTINGUISHING_ID, text,
                          (struct bytes){payload + KEY_ID_SIZE, size - KEY_ID_SIZE});
    }
    return false;
}

enum zcd_code note_verify(const struct note *note, const struct note_vkey *keys, size_t key_count,
                          struct zcd_error *err)
{
    bool found = false;
    int64_t time_s;

    for (size_t i = 0; i < note->signature_count; i++) {
        const struct note_vkey *vkey = find_key(&note->signature[i], keys, key_count);
        if (vkey == NULL || stands_before(note, i))
            continue;
        if (!verify_line(note->text, &note->signature[i], vkey, &time_s))
            return zcd_fail(err, ZCD_CORRUPT, "signature %zu does not verify", i + 1);
        found = true;
    }
    if (!found)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no signature by a known key");
    return ZCD_OK;
}

enum zcd_code note_find_signature(struct bytes text, const struct note_signature *signature, size_t count,
                                  const struct note_vkey *vkey, const struct note_signature **found, int64_t *time_s,
                                  struct zcd_error *err)
{
    int64_t time = 0;

    for (size_t i = 0; i < count; i++) {
        if (find_key(&signature[i], vkey, 1) == NULL)
            continue;
        if (!verify_line(text, &signature[i], vkey, &time))
            return zcd_fail(err, ZCD_CORRUPT, "the signature by %.150s does not verify", vkey->name);
        *found = &signature[i];
        if (time_s != NULL)
            *time_s = time;
        return ZCD_OK;
    }
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no signature by %.150s", vkey->name);
}

/* ------------------------------------------------------------------ signing */

/* payload: with room for the key id in front. */
static void append_signature_line(const struct note_vkey *vkey, uint8_t *payload, size_t size, struct buffer *lines)
{
    char base64[(OWN_PAYLOAD_SIZE_MAX + 2) / 3 * 4 + 1];

    write_key_id(vkey->key_id, payload);
    base64_encode(payload, size, base64);
    buffer_append_format(lines, SIGNATURE_LINE_START "%s %s\n", vkey->name, base64);
}

void note_append_line(const struct note_signature *line, struct buffer *lines)
{
    buffer_append_text(lines, SIGNATURE_LINE_START);
    buffer_append(lines, line->name.data, line->name.size);
    buffer_append_text(lines, " ");
    buffer_append(lines, line->base64.data, line->base64.size);
    buffer_append_text(lines, "\n");
}

enum zcd_code note_append_signature(struct bytes text, const char *name, const struct signature_key *key,
                                    struct buffer *lines, struct zcd_error *err)
{
    const struct signature_public_key public_key = signature_key_public(key);
    uint8_t payload[PAYLOAD_SIZE];
    struct note_vkey vkey;
    struct signature signature;

    enum zcd_code code = note_vkey_init(name, &public_key, &vkey, err);
    if (code == ZCD_OK)
        code = signature_sign(key, text, &signature, err);
    if (code != ZCD_OK)
        return code;
    memcpy(payload + KEY_ID_SIZE, signature.bytes, SIGNATURE_SIZE);
    append_signature_line(&vkey, payload, sizeof payload, lines);
    return ZCD_OK;
}

enum zcd_code note_append_cosignature(struct bytes text, const char *name, const struct signature_key *key,
                                      int64_t time_s, struct buffer *lines, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done) struct buffer message = {0};
    const struct signature_public_key public_key = signature_key_public(key);
    uint8_t payload[COSIGNATURE_PAYLOAD_SIZE];
    struct note_vkey vkey;
    struct signature signature;

    assert(time_s >= 0);
    append_cosigned(text, time_s, &message);
    enum zcd_code code = note_vkey_init_cosignature(name, &public_key, &vkey, err);
    if (code == ZCD_OK)
        code = signature_sign(key, buffer_bytes(&message), &signature, err);
    if (code != ZCD_OK)
        return code;
    for (int i = 0; i < TIME_SIZE; i++)
        payload[KEY_ID_SIZE + i] = (uint8_t)((uint64_t)time_s >> (56 - 8 * i));
    memcpy(payload + KEY_ID_SIZE + TIME_SIZE, signature.bytes, SIGNATURE_SIZE);
    append_signature_line(&vkey, payload, sizeof payload, lines);
    return ZCD_OK;
}

enum zcd_code note_append_sm2(struct bytes text, const char *name, const struct sm2_key *key, struct buffer *lines,
                              struct zcd_error *err)
{
    const struct sm2_public_key public_key = sm2_key_public(key);
    uint8_t payload[KEY_ID_SIZE + SM2_SIGNATURE_SIZE_MAX];
    struct note_vkey vkey;
    struct sm2_signature signature;

    enum zcd_code code = note_vkey_init_sm2(name, &public_key, &vkey, err);
    if (code == ZCD_OK)
        code = sm2_sign(key, text, &signature, err);
    if (code != ZCD_OK)
        return code;
    memcpy(payload + KEY_ID_SIZE, signature.bytes, signature.size);
    append_signature_line(&vkey, payload, KEY_ID_SIZE + signature.size, lines);
    return ZCD_OK;
}

enum zcd_code note_sign(struct bytes text, const char *name, const struct signature_key *key, struct buffer *note,
                        struct zcd_error *err)
{
    ZCD_AUTO(buffer_done) struct buffer lines = {0};

    if (!note_name_is_valid(bytes_of_text(name)))
        return zcd_fail(err, ZCD_INVALID, "key name is empty, too long, or has a space, '+' or control character");
    if (text.size == 0 || text.size > NOTE_SIZE_MAX / 2 || text.data[text.size - 1] != '\n' || !is_note_text(text))
        return zcd_fail(err, ZCD_INVALID, "text cannot be a note's");
    enum zcd_code code = note_append_signature(text, name, key, &lines, err);
    if (code != ZCD_OK)
        return code;
    buffer_append(note, text.data, text.size);
    buffer_append_text(note, "\n");
    buffer_append(note, lines.data, lines.size);
    return ZCD_OK;
}
