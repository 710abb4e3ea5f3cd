/*
 * record.h - one entry of the log: who did what to whom, when, from which documents. Sealed into a leaf, read from one.
 *
 * A leaf is one canonical JSON object (canonical_json.h) of at most RECORD_LEAF_SIZE_MAX bytes:
 *
 *     actor {id, lender or null, role}   as_of   at   body {...}   decision_sha256   dossier_sha256
 *     engine {source_sha256, version}    kind    nonce   policy_sha256   prior [...]   purpose   retrospective
 *     schema   sequence   subject {application or null, uscc or null}
 *
 * as_of, the three digests and engine are null in kinds that rest on no decision; uscc is null in those that are about the
 * log itself (record_kinds.def says which). Free text and personal data never enter it, since a leaf cannot be erased:
 * in their place stand commitments (commitment.h). Pure. Thread: any.
 */
#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include "audit/sha256.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "base/uscc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_SCHEMA "zhengcaidai/record/1"
#define RECORD_PURPOSE "zhengcaidai/record" /* in every leaf, so that no other signed statement can pass for one */
#define RECORD_LEAF_SIZE_MAX 65535          /* an entry of a tlog-tiles bundle has a 16-bit length */
#define RECORD_NONCE_SIZE 16
#define RECORD_NAME_LENGTH_MAX 128 /* bytes of each id, role and version */
#define RECORD_PRIOR_MAX 64
#define RECORD_AT_TEXT_SIZE 28 /* "2026-03-31T09:30:00.000000Z" and NUL */

enum record_kind {
#define RECORD_KIND(number, name, text, subject, basis, zh, en) RECORD_##name = number,
#include "audit/record_kinds.def"
#undef RECORD_KIND
};

/* The kind's name as it stands in leaves; in Chinese and English for people. */
const char *record_kind_name(enum record_kind kind);
const char *record_kind_text(enum record_kind kind, bool chinese);

/* Does it rest on dossier, policy and decision? May it be about an organisation, and may it be about none? */
bool record_kind_has_documents(enum record_kind kind);
bool record_kind_may_have_organisation(enum record_kind kind);
bool record_kind_may_be_the_logs(enum record_kind kind);

/* All kinds, in the order of their numbers; returns how many. */
size_t record_kinds(const enum record_kind **kinds);

/* The kind of a name as it stands in leaves; ZCD_INVALID when there is none. */
enum zcd_code record_kind_parse(const char *name, enum record_kind *kind, struct zcd_error *err) ZCD_MUST_USE;

/* What a record says before the log gives it its place. Texts are borrowed, UTF-8, without control characters. */
struct record {
    enum record_kind kind;
    uint8_t nonce[RECORD_NONCE_SIZE]; /* from a cryptographic generator: nobody can guess a leaf from its hash */
    struct {
        const char *id, *role; /* 1 to RECORD_NAME_LENGTH_MAX bytes */
        const char *lender;    /* NULL for who belongs to none */
    } actor;
    struct {
        struct uscc uscc;        /* {""} in a record about the log itself */
        const char *application; /* NULL when there is none */
    } subject;
    const uint64_t *prior; /* log indices it builds on, ascending, each once; at most RECORD_PRIOR_MAX */
    size_t prior_count;
    struct date as_of; /* the day the decision is about; DATE_NONE, and no digests and no engine, where there is none */
    bool retrospective; /* as_of lies further back than the rules allow; nothing may be disbursed on it */
    struct sha256 dossier_sha256, policy_sha256, decision_sha256;
    struct {
        const char *version; /* 1 to RECORD_NAME_LENGTH_MAX bytes */
        struct sha256 source_sha256;
    } engine;
    struct bytes body; /* the kind's own members, e.g. outcome and limit_fen: a canonical JSON object */
};

/*
 * Seal a record into a leaf.
 *
 *   at_us     in   when, microseconds since 1970, not negative and before the year 2200; the log keeps it from going back
 *   sequence  in   the organisation's own count of its records (or the log's, of those about itself), from 1, given by the
 *                  log; at most 2^53 - 1
 *   leaf      out  appended to; on failure it is as it was
 *
 * Checks the record first. ZCD_INVALID, with the pointer into the leaf, in the order of struct record: a nonce of zeros
 * (a generator that failed), a text empty, too long or with control characters, an organisation where the kind has none
 * or none where it has one, prior not ascending, above 2^53 - 1 or too many, as_of not given where the kind rests on a
 * decision or given where it does not, a body that is not a canonical JSON object; then a leaf over RECORD_LEAF_SIZE_MAX.
 * Takes a few microseconds. Any thread; in the service it is the log's writer.
 */
enum zcd_code record_seal(const struct record *record, int64_t at_us, uint64_t sequence, struct buffer *leaf,
                          struct zcd_error *err) ZCD_MUST_USE;

/*
 * Seal again what record_seal has sealed before, and nobody has touched since: without looking at it once more.
 * ZCD_INVALID only for a leaf over RECORD_LEAF_SIZE_MAX.
 */
enum zcd_code record_seal_again(const struct record *record, int64_t at_us, uint64_t sequence, struct buffer *leaf,
                                struct zcd_error *err) ZCD_MUST_USE;

/* The same refusals, but for the final size (which is known within 64 bytes): so that a worker can refuse first. */
enum zcd_code record_check(const struct record *record, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Has the body exactly the members that its kind has (record_bodies.def)? ZCD_INVALID, with the pointer into the leaf.
 * The log asks this of every record it takes; a reader of old leaves need not.
 */
enum zcd_code record_body_check(enum record_kind kind, struct bytes body, struct zcd_error *err) ZCD_MUST_USE;

/* Does the digest stand in the body as a commitment? */
bool record_has_commitment(const struct record *record, const struct sha256 *digest);

/* What records are searched by and is not in struct record: the body's outcome and reasons, where it has them. */
struct record_summary {
    const char *outcome; /* NULL for none */
    const char *const *reasons;
    size_t reason_count;
};
void record_summarise(const struct record *record, struct arena *arena, struct record_summary *summary);

/* 1 to RECORD_NAME_LENGTH_MAX bytes of UTF-8 without control characters? NULL is not. */
bool record_is_name(const char *text);

/*
 * Read a leaf back; what it gives seals to the same bytes.
 *
 *   arena     in   holds the texts of record
 *   at_us, sequence  out
 *
 * ZCD_INVALID: too long, not canonical JSON, another schema or purpose, a member missing, unknown or of a wrong type,
 * an unknown kind, a USCC or date that is none, and all that record_seal refuses.
 */
enum zcd_code record_parse(struct bytes leaf, struct arena *arena, struct record *record, int64_t *at_us,
                           uint64_t *sequence, struct zcd_error *err) ZCD_MUST_USE;

/*
 * An instant as leaves have it: RFC 3339, UTC, always six decimals. at_us as in record_seal; returns text.
 * Parsing accepts exactly that form; ZCD_INVALID otherwise.
 */
const char *record_at_format(int64_t at_us, char text[RECORD_AT_TEXT_SIZE]);
enum zcd_code record_at_parse(const char *text, int64_t *at_us, struct zcd_error *err) ZCD_MUST_USE;

#endif
