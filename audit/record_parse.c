/* Reading a leaf back; record.c seals them. */
#include "audit/record.h"

#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

/* A document being read into a record whose texts go to the arena. */
struct reader {
    const struct json_t *leaf;
    struct arena *arena;
    struct record record;
    int64_t at_us;
    int64_t sequence;
};

static const char *keep(struct reader *reader, const char *text)
{
    return text == NULL ? NULL : arena_copy_text(reader->arena, text);
}

/* The member has exactly this text. */
static enum zcd_code read_fixed(const struct json_t *leaf, const char *name, const char *expected,
                                struct zcd_error *err)
{
    const char *text;
    enum zcd_code code = canonical_json_read_text(leaf, name, &text, err);

    if (code != ZCD_OK || strcmp(text, expected) == 0)
        return code;
    (void)zcd_fail(err, ZCD_INVALID, "not what this version reads");
    return zcd_fail_within(err, name);
}

static enum zcd_code read_frame(struct reader *reader, struct zcd_error *err)
{
    static const char *const NAMES[] = {
        "actor", "as_of",         "at",    "body",    "decision_sha256", "dossier_sha256", "engine",   "kind",
        "nonce", "policy_sha256", "prior", "purpose", "retrospective",   "schema",         "sequence", "subject"};
    const char *kind;

    enum zcd_code code = read_fixed(reader->leaf, "schema", RECORD_SCHEMA, err);
    if (code == ZCD_OK)
        code = read_fixed(reader->leaf, "purpose", RECORD_PURPOSE, err);
    if (code == ZCD_OK)
        code = canonical_json_refuse_unknown(reader->leaf, NAMES, sizeof NAMES / sizeof NAMES[0], err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(reader->leaf, "kind", &kind, err);
    if (code != ZCD_OK)
        return code;
    if (record_kind_parse(kind, &reader->record.kind, err) != ZCD_OK)
        return zcd_fail_within(err, "kind");
    return canonical_json_read_integer(reader->leaf, "sequence", 1, CANONICAL_JSON_INTEGER_MAX, &reader->sequence, err);
}

static enum zcd_code read_actor_members(struct reader *reader, const struct json_t *actor, struct zcd_error *err)
{
    static const char *const NAMES[] = {"id", "lender", "role"};
    const char *id = NULL, *lender = NULL, *role = NULL;

    enum zcd_code code = canonical_json_refuse_unknown(actor, NAMES, 3, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(actor, "id", &id, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text_or_null(actor, "lender", &lender, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(actor, "role", &role, err);
    if (code != ZCD_OK)
        return code;
    reader->record.actor.id = keep(reader, id);
    reader->record.actor.lender = keep(reader, lender);
    reader->record.actor.role = keep(reader, role);
    return ZCD_OK;
}

static enum zcd_code read_subject_members(struct reader *reader, const struct json_t *subject, struct zcd_error *err)
{
    static const char *const NAMES[] = {"application", "uscc"};
    const char *application = NULL, *uscc = NULL;

    enum zcd_code code = canonical_json_refuse_unknown(subject, NAMES, 2, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text_or_null(subject, "application", &application, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text_or_null(subject, "uscc", &uscc, err);
    if (code != ZCD_OK)
        return code;
    if (uscc != NULL && uscc_parse(uscc, &reader->record.subject.uscc, err) != ZCD_OK)
        return zcd_fail_within(err, "uscc");
    reader->record.subject.application = keep(reader, application);
    return ZCD_OK;
}

static enum zcd_code read_engine_members(struct reader *reader, const struct json_t *engine, struct zcd_error *err)
{
    static const char *const NAMES[] = {"source_sha256", "version"};
    const char *version = NULL;

    enum zcd_code code = canonical_json_refuse_unknown(engine, NAMES, 2, err);
    if (code == ZCD_OK)
        code = canonical_json_read_hex(engine, "source_sha256", reader->record.engine.source_sha256.bytes, SHA256_SIZE,
                                       err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(engine, "version", &version, err);
    if (code == ZCD_OK)
        reader->record.engine.version = keep(reader, version);
    return code;
}

typedef enum zcd_code read_members(struct reader *reader, const struct json_t *object, struct zcd_error *err);

static enum zcd_code read_object(struct reader *reader, const char *name, read_members *read, struct zcd_error *err)
{
    const struct json_t *object;
    enum zcd_code code = canonical_json_read_object(reader->leaf, name, &object, err);

    if (code != ZCD_OK)
        return code;
    if (read(reader, object, err) != ZCD_OK)
        return zcd_fail_within(err, name);
    return ZCD_OK;
}

static enum zcd_code read_times(struct reader *reader, struct zcd_error *err)
{
    const char *as_of = NULL, *at = NULL;

    reader->record.as_of = DATE_NONE;
    enum zcd_code code = canonical_json_read_text_or_null(reader->leaf, "as_of", &as_of, err);
    if (code == ZCD_OK)
        code = canonical_json_read_text(reader->leaf, "at", &at, err);
    if (code != ZCD_OK)
        return code;
    if (as_of != NULL && date_parse(as_of, &reader->record.as_of, err) != ZCD_OK)
        return zcd_fail_within(err, "as_of");
    if (record_at_parse(at, &reader->at_us, err) != ZCD_OK)
        return zcd_fail_within(err, "at");
    return canonical_json_read_boolean(reader->leaf, "retrospective", &reader->record.retrospective, err);
}

/* null exactly where the kind rests on no decision. */
static enum zcd_code read_basis_member(struct reader *reader, const char *name, struct sha256 *digest,
                                       struct zcd_error *err)
{
    if (record_kind_has_documents(reader->record.kind))
        return canonical_json_read_hex(reader->leaf, name, digest->bytes, SHA256_SIZE, err);
    if (canonical_json_is_null(reader->leaf, name))
        return ZCD_OK;
    (void)zcd_fail(err, ZCD_INVALID, "not null, although the kind rests on no decision");
    return zcd_fail_within(err, name);
}

static enum zcd_code read_digests(struct reader *reader, struct zcd_error *err)
{
    struct record *record = &reader->record;

    enum zcd_code code = canonical_json_read_hex(reader->leaf, "nonce", record->nonce, RECORD_NONCE_SIZE, err);
    if (code == ZCD_OK)
        code = read_basis_member(reader, "dossier_sha256", &record->dossier_sha256, err);
    if (code == ZCD_OK)
        code = read_basis_member(reader, "policy_sha256", &record->policy_sha256, err);
    if (code == ZCD_OK)
        code = read_basis_member(reader, "decision_sha256", &record->decision_sha256, err);
    return code;
}

static enum zcd_code read_prior(struct reader *reader, struct zcd_error *err)
{
    uint64_t *prior = ARENA_NEW(reader->arena, uint64_t, RECORD_PRIOR_MAX);

    reader->record.prior = prior;
    return canonical_json_read_indices(reader->leaf, "prior", prior, RECORD_PRIOR_MAX, &reader->record.prior_count,
                                       err);
}

static enum zcd_code read_body(struct reader *reader, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    const struct json_t *body = NULL;

    enum zcd_code code = canonical_json_read_object(reader->leaf, "body", &body, err);
    if (code == ZCD_OK)
        code = canonical_json_encode(body, &text, err);
    if (code != ZCD_OK)
        return code;
    const char *kept = arena_copy_bytes(reader->arena, text.data, text.size);
    reader->record.body = (struct bytes){(const uint8_t *)kept, text.size};
    return ZCD_OK;
}

static enum zcd_code read_all(struct reader *reader, struct zcd_error *err)
{
    enum zcd_code code = read_frame(reader, err);
    if (code == ZCD_OK)
        code = read_object(reader, "actor", read_actor_members, err);
    if (code == ZCD_OK)
        code = read_object(reader, "subject", read_subject_members, err);
    if (code == ZCD_OK)
        code = record_kind_has_documents(reader->record.kind) ? read_object(reader, "engine", read_engine_members, err)
                                                              : read_basis_member(reader, "engine", NULL, err);
    if (code == ZCD_OK)
        code = read_times(reader, err);
    if (code == ZCD_OK)
        code = read_digests(reader, err);
    if (code == ZCD_OK)
        code = read_prior(reader, err);
    if (code == ZCD_OK)
        code = read_body(reader, err);
    if (code == ZCD_OK)
        code = record_check(&reader->record, err);
    return code;
}

enum zcd_code record_parse(struct bytes leaf, struct arena *arena, struct record *record, int64_t *at_us,
                           uint64_t *sequence, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *document = NULL;

    if (leaf.size > RECORD_LEAF_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "record is larger than %d bytes", RECORD_LEAF_SIZE_MAX);
    enum zcd_code code = canonical_json_check(leaf, err);
    if (code == ZCD_OK)
        code = canonical_json_decode(leaf, &document, err);
    if (code != ZCD_OK)
        return code;

    struct reader reader = {.leaf = document, .arena = arena};
    code = read_all(&reader, err);
    if (code != ZCD_OK)
        return code;
    *record = reader.record;
    *at_us = reader.at_us;
    *sequence = (uint64_t)reader.sequence;
    return ZCD_OK;
}
