/* What may stand in the body of a record of each kind: record_bodies.def, walked. */
#include "audit/record.h"

#include "audit/canonical_json.h"
#include "audit/note.h"
#include "base/cleanup.h"
#include "base/date.h"

#include <string.h>

enum { CODE_LENGTH_MAX = 64, MEMBERS_MAX = 16, LIST_MAX = 1024 };

enum member_type { CODE, CODES, NAME, INTEGER, DAY, DIGEST, DIGESTS, COMMITMENT, INDEX, NOTE, COUNTS };
enum presence { GIVEN, NULLABLE };

static const struct member {
    enum record_kind kind;
    const char *name;
    enum member_type type;
    enum presence presence;
} MEMBERS[] = {
#define RECORD_MEMBER(kind, name, type, presence) {RECORD_##kind, name, type, presence},
#include "audit/record_bodies.def"
#undef RECORD_MEMBER
};

static enum zcd_code fail_value(const char *name, const char *message, struct zcd_error *err)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    return zcd_fail_within(err, name);
}

static bool is_code(const char *text)
{
    size_t size = strnlen(text, CODE_LENGTH_MAX + 1);
    return size > 0 && size <= CODE_LENGTH_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

static bool is_digest(const char *text)
{
    struct sha256 digest;
    struct zcd_error ignored;
    return hex_decode(text, strlen(text), digest.bytes, sizeof digest.bytes, &ignored) == ZCD_OK;
}

static bool is_day(const char *text)
{
    struct date day;
    struct zcd_error ignored;
    return date_parse(text, &day, &ignored) == ZCD_OK;
}

static bool is_note(const char *text)
{
    struct note note;
    struct zcd_error ignored;
    return note_parse(bytes_of_text(text), &note, &ignored) == ZCD_OK;
}

static enum zcd_code check_text(const struct json_t *body, const char *name, bool (*is_fit)(const char *text),
                                const char *message, struct zcd_error *err)
{
    const char *text;
    enum zcd_code code = canonical_json_read_text(body, name, &text, err);

    if (code != ZCD_OK)
        return code;
    return is_fit(text) ? ZCD_OK : fail_value(name, message, err);
}

static enum zcd_code check_texts(const struct json_t *body, const char *name, bool (*is_fit)(const char *text),
                                 const char *message, struct zcd_error *err)
{
    const char *texts[LIST_MAX];
    size_t count = 0;
    enum zcd_code code = canonical_json_read_texts(body, name, texts, LIST_MAX, &count, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        if (is_fit(texts[i]))
            continue;
        (void)zcd_fail(err, ZCD_INVALID, "%s", message);
        (void)zcd_fail_within_index(err, i);
        code = zcd_fail_within(err, name);
    }
    return code;
}

static enum zcd_code check_integer(const struct json_t *object, const char *name, struct zcd_error *err)
{
    int64_t value;
    return canonical_json_read_integer(object, name, 0, CANONICAL_JSON_INTEGER_MAX, &value, err);
}

/* Every member is a kind's name, and says how many. */
static enum zcd_code check_counts(const struct json_t *body, const char *name, struct zcd_error *err)
{
    static const char *const KINDS[] = {
#define RECORD_KIND(number, symbol, text, subject, basis, zh, en) text,
#include "audit/record_kinds.def"
#undef RECORD_KIND
    };
    enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };
    const struct json_t *counts;

    enum zcd_code code = canonical_json_read_object(body, name, &counts, err);
    if (code == ZCD_OK && canonical_json_refuse_unknown(counts, KINDS, KIND_COUNT, err) != ZCD_OK)
        code = zcd_fail_within(err, name);
    for (size_t i = 0; code == ZCD_OK && i < KIND_COUNT; i++) {
        if (canonical_json_has(counts, KINDS[i]) && check_integer(counts, KINDS[i], err) != ZCD_OK)
            code = zcd_fail_within(err, name);
    }
    return code;
}

static enum zcd_code check_member(const struct json_t *body, const struct member *member, struct zcd_error *err)
{
    static const char NOT_A_CODE[] = "not a code of a-z, 0-9 and _";
    static const char NOT_A_DIGEST[] = "not 32 bytes in lower-case hexadecimal";

    if (member->presence == NULLABLE && canonical_json_is_null(body, member->name))
        return ZCD_OK;
    switch (member->type) {
    case CODE:
        return check_text(body, member->name, is_code, NOT_A_CODE, err);
    case CODES:
        return check_texts(body, member->name, is_code, NOT_A_CODE, err);
    case NAME:
        return check_text(body, member->name, record_is_name, "empty, too long, or with control characters", err);
    case INTEGER:
    case INDEX:
        return check_integer(body, member->name, err);
    case DAY:
        return check_text(body, member->name, is_day, "not a day", err);
    case DIGEST:
    case COMMITMENT:
        return check_text(body, member->name, is_digest, NOT_A_DIGEST, err);
    case DIGESTS:
        return check_texts(body, member->name, is_digest, NOT_A_DIGEST, err);
    case NOTE:
        return check_text(body, member->name, is_note, "not a signed note", err);
    case COUNTS:
        return check_counts(body, member->name, err);
    }
    return ZCD_OK;
}

enum zcd_code record_body_check(enum record_kind kind, struct bytes body, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *document = NULL;
    const char *names[MEMBERS_MAX];
    size_t count = 0;

    enum zcd_code code = canonical_json_decode(body, &document, err);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        if (MEMBERS[i].kind != kind)
            continue;
        names[count++] = MEMBERS[i].name;
        if (code == ZCD_OK)
            code = check_member(document, &MEMBERS[i], err);
    }
    if (code == ZCD_OK)
        code = canonical_json_refuse_unknown(document, names, count, err);
    return code == ZCD_OK ? ZCD_OK : zcd_fail_within(err, "body");
}

bool record_has_commitment(const struct record *record, const struct sha256 *digest)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    struct zcd_error ignored;

    if (canonical_json_decode(record->body, &body, &ignored) != ZCD_OK)
        return false;
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        struct sha256 said;
        if (MEMBERS[i].kind == record->kind && MEMBERS[i].type == COMMITMENT
            && canonical_json_read_hex(body, MEMBERS[i].name, said.bytes, sizeof said.bytes, &ignored) == ZCD_OK
            && sha256_equal(&said, digest))
            return true;
    }
    return false;
}

void record_summarise(const struct record *record, struct arena *arena, struct record_summary *summary)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    const char *texts[LIST_MAX];
    const char *text;
    struct zcd_error ignored;

    *summary = (struct record_summary){.outcome = NULL};
    if (canonical_json_decode(record->body, &body, &ignored) != ZCD_OK)
        return;
    if (canonical_json_read_text(body, "outcome", &text, &ignored) == ZCD_OK)
        summary->outcome = arena_copy_text(arena, text);
    if (canonical_json_read_texts(body, "reasons", texts, LIST_MAX, &summary->reason_count, &ignored) != ZCD_OK)
        return;
    const char **reasons = ARENA_NEW(arena, const char *, summary->reason_count + 1);
    for (size_t i = 0; i < summary->reason_count; i++)
        reasons[i] = arena_copy_text(arena, texts[i]);
    summary->reasons = reasons;
}
