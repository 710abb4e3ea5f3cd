/*
 * note.h - signed notes and verifier keys (c2sp.org/signed-note v1.0.0), with Ed25519 signatures (type 0x01).
 *
 * A note is a text that ends in a newline, an empty line, and signature lines:
 *
 *     U+2014 SP name SP base64(key id, 4 bytes || signature) LF
 *
 * What a signature is for is said by the text's first line; a key signs only texts that begin with its own origin.
 * Everything here is for hostile input. Pure. Thread: any.
 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include "audit/signature.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_SIZE_MAX 65536            /* bytes of a whole note */
#define NOTE_SIGNATURES_MAX 100        /* lines; golang.org/x/mod/sumdb/note has the same cap */
#define NOTE_SIGNATURE_BASE64_MAX 5464 /* characters on one line: 4,096 bytes, more than ML-DSA-44 needs */
#define NOTE_NAME_SIZE 256             /* of a key name with its NUL */
#define NOTE_VKEY_SIZE (NOTE_NAME_SIZE + 1 + 8 + 1 + 44)
#define NOTE_TYPE_ED25519 0x01

/* A public key and the name it signs under. Made by note_vkey_init or note_vkey_parse only. Copy it freely. */
struct note_vkey {
    char name[NOTE_NAME_SIZE];
    uint32_t key_id; /* first four bytes of SHA-256(name || LF || type || key), big-endian */
    struct signature_public_key key;
};

/* May this be a key's name? Not empty, shorter than NOTE_NAME_SIZE, UTF-8, no '+', control character or white space. */
bool note_name_is_valid(struct bytes name);

/*
 * ZCD_INVALID, in this order: a name that is not note_name_is_valid(); a key that is not signature_public_key_is_sound().
 */
enum zcd_code note_vkey_init(const char *name, const struct signature_public_key *key, struct note_vkey *vkey,
                             struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read "name+hex key id+base64(type || key)", NUL-terminated, without white space around it.
 * ZCD_INVALID, in this order: form, base64, a type other than Ed25519 or a wrong length, the refusals of
 * note_vkey_init, a key id that does not belong to name and key.
 */
enum zcd_code note_vkey_parse(const char *text, struct note_vkey *vkey, struct zcd_error *err) ZCD_MUST_USE;

/* Write that text; returns it. */
const char *note_vkey_format(const struct note_vkey *vkey, char text[NOTE_VKEY_SIZE]);

/* One signature line as it was read; borrowed from the note's bytes. */
struct note_signature {
    struct bytes name;
    uint32_t key_id;
    struct bytes base64; /* of key id and signature; well-formed */
};

/* A note taken apart; borrowed from the bytes it was parsed from. Nothing in it is verified yet. */
struct note {
    struct bytes text; /* with its last newline, without the empty line */
    size_t signature_count;
    struct note_signature signature[NOTE_SIGNATURES_MAX];
};

/*
 * Take a note apart.
 * ZCD_INVALID: over NOTE_SIZE_MAX, not UTF-8, a control character other than LF (so no CR, no NUL), no empty line, no
 * signature line, more than NOTE_SIGNATURES_MAX, a line that is not one signature line in strict base64.
 */
enum zcd_code note_parse(struct bytes bytes, struct note *note, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Verify a note with the keys its reader trusts. Lines by other keys are ignored, of several lines by one key the
 * first counts.
 *
 * ZCD_CORRUPT when a line by a known key does not verify, even if another does; ZCD_NOT_FOUND when there is no line by
 * a known key.
 */
enum zcd_code note_verify(const struct note *note, const struct note_vkey *keys, size_t key_count,
                          struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append a signed note.
 *
 *   text  in   UTF-8 without control characters but LF, ending in LF
 *   name  in   as in note_vkey_init
 *   note  out  appended to; on failure it is as it was
 *
 * ZCD_INVALID as in note_vkey_init, or a text no reader would accept; ZCD_UNAVAILABLE when the key cannot sign now.
 */
enum zcd_code note_sign(struct bytes text, const char *name, const struct signature_key *key, struct buffer *note,
                        struct zcd_error *err) ZCD_MUST_USE;

#endif
