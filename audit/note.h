/*
 * note.h - signed notes and verifier keys (c2sp.org/signed-note v1.0.0).
 *
 * Three kinds of signature line: Ed25519 (type 0x01), the log's own; Ed25519 with a time (type 0x04,
 * c2sp.org/tlog-cosignature), a witness's; SM2 with SM3 (type 0xff and our name for it, as signed-note reserves it), which
 * verifiers that do not know it pass over.
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
#include "audit/sm2.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTE_SIZE_MAX 65536            /* bytes of a whole note */
#define NOTE_SIGNATURES_MAX 100        /* lines; golang.org/x/mod/sumdb/note has the same cap */
#define NOTE_SIGNATURE_BASE64_MAX 5464 /* characters on one line: 4,096 bytes, more than ML-DSA-44 needs */
#define NOTE_NAME_SIZE 256             /* of a key name with its NUL */
#define NOTE_VKEY_SIZE (NOTE_NAME_SIZE + 1 + 8 + 1 + 120)

enum note_algorithm { NOTE_ED25519, NOTE_COSIGNATURE, NOTE_SM2 };

/* A public key and the name it signs under. Made by note_vkey_init... or note_vkey_parse only. Copy it freely. */
struct note_vkey {
    char name[NOTE_NAME_SIZE];
    uint32_t key_id; /* first four bytes of SHA-256(name || LF || type || key), big-endian */
    enum note_algorithm algorithm;
    struct signature_public_key key; /* unless NOTE_SM2 */
    struct sm2_public_key sm2;       /* only NOTE_SM2 */
};

/* May this be a key's name? Not empty, shorter than NOTE_NAME_SIZE, UTF-8, no '+', control character or white space. */
bool note_name_is_valid(struct bytes name);

/*
 * ZCD_INVALID, in this order: a name that is not note_name_is_valid(); a key that is not signature_public_key_is_sound().
 */
enum zcd_code note_vkey_init(const char *name, const struct signature_public_key *key, struct note_vkey *vkey,
                             struct zcd_error *err) ZCD_MUST_USE;

/* The same for a witness's key, and for an SM2 key. One Ed25519 key must not serve both as log's and as witness's. */
enum zcd_code note_vkey_init_cosignature(const char *name, const struct signature_public_key *key,
                                         struct note_vkey *vkey, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code note_vkey_init_sm2(const char *name, const struct sm2_public_key *key, struct note_vkey *vkey,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* The same key under the same name? */
bool note_vkey_equal(const struct note_vkey *a, const struct note_vkey *b);

/*
 * Read "name+hex key id+base64(type || key)", NUL-terminated, without white space around it.
 * ZCD_INVALID, in this order: form, base64, a type that is none of the three or a wrong length, the refusals of
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

/*
 * Append one more signature line to a note's bytes: by an SM2 key, or by a witness. The text is the note's own, which the
 * caller has parsed or made.
 *   time_s  in  seconds since 1970, not negative: when the witness saw this checkpoint
 * ZCD_INVALID as in note_vkey_init; ZCD_UNAVAILABLE when the key cannot sign now.
 */
enum zcd_code note_append_sm2(struct bytes text, const char *name, const struct sm2_key *key, struct buffer *lines,
                              struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code note_append_cosignature(struct bytes text, const char *name, const struct signature_key *key,
                                      int64_t time_s, struct buffer *lines, struct zcd_error *err) ZCD_MUST_USE;
/* The same by an Ed25519 key, for a note that two such keys sign (rotation.h). */
enum zcd_code note_append_signature(struct bytes text, const char *name, const struct signature_key *key,
                                    struct buffer *lines, struct zcd_error *err) ZCD_MUST_USE;

/* Append a line as it stands in a note: to put signatures of others together. */
void note_append_line(const struct note_signature *line, struct buffer *lines);

/* Read signature lines alone, as a witness answers. ZCD_INVALID as in note_parse; *count lines, at most NOTE_SIGNATURES_MAX. */
enum zcd_code note_parse_lines(struct bytes lines, struct note_signature signature[NOTE_SIGNATURES_MAX], size_t *count,
                               struct zcd_error *err) ZCD_MUST_USE;

/*
 * The line by this key, verified: the first of its lines counts.
 * ZCD_NOT_FOUND; ZCD_CORRUPT when it does not verify.
 *   time_s  out  of a cosignature; may be NULL
 */
enum zcd_code note_find_signature(struct bytes text, const struct note_signature *signature, size_t count,
                                  const struct note_vkey *vkey, const struct note_signature **found, int64_t *time_s,
                                  struct zcd_error *err) ZCD_MUST_USE;

#endif
