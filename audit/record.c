#include "audit/record.h"

#include "audit/canonical_json.h"

#include <assert.h>
#include <string.h>

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (86400 * US_PER_SECOND)
#define AT_US_MAX (INT64_C(84006) * US_PER_DAY - 1) /* the last of the year 2199 */

/* ------------------------------------------------------------------ kinds */

enum subject { ORGANISATION, LOG, EITHER };
enum basis { DOCUMENTS, NONE };

struct kind_row {
    enum record_kind kind;
    enum subject subject;
    enum basis basis;
    const char *name, *zh, *en;
};

static const struct kind_row KINDS[] = {
#define RECORD_KIND(number, symbol, text, subject, basis, chinese, english)                                            \
    {RECORD_##symbol, subject, basis, text, chinese, english},
#include "audit/record_kinds.def"
#undef RECORD_KIND
};

static const struct kind_row *kind_row_of(enum record_kind kind)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (KINDS[i].kind == kind)
            return &KINDS[i];
    }
    assert(false && "every kind has a row");
    return NULL;
}

const char *record_kind_name(enum record_kind kind)
{
    return kind_row_of(kind)->name;
}

const char *record_kind_text(enum record_kind kind, bool chinese)
{
    const struct kind_row *row = kind_row_of(kind);

    return chinese ? row->zh : row->en;
}

bool record_kind_has_documents(enum record_kind kind)
{
    return kind_row_of(kind)->basis == DOCUMENTS;
}

bool record_kind_may_have_organisation(enum record_kind kind)
{
    return kind_row_of(kind)->subject != LOG;
}

bool record_kind_may_be_the_logs(enum record_kind kind)
{
    return kind_row_of(kind)->subject != ORGANISATION;
}

size_t record_kinds(const enum record_kind **kinds)
{
    static const enum record_kind ALL[] = {
#define RECORD_KIND(number, symbol, text, subject, basis, chinese, english) RECORD_##symbol,
#include "audit/record_kinds.def"
#undef RECORD_KIND
    };
    *kinds = ALL;
    return sizeof ALL / sizeof ALL[0];
}

enum zcd_code record_kind_parse(const char *name, enum record_kind *kind, struct zcd_error *err)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(KINDS[i].name, name) == 0) {
            *kind = KINDS[i].kind;
            return ZCD_OK;
        }
    }
    return zcd_fail(err, ZCD_INVALID, "unknown kind of record");
}

/* ------------------------------------------------------------------ instants */

/* Two digits, at text; and the same backwards. */
static void write_two(char *text, int value)
{
    text[0] = (char)('0' + value / 10);
    text[1] = (char)('0' + value % 10);
}

const char *record_at_format(int64_t at_us, char text[RECORD_AT_TEXT_SIZE])
{
    assert(at_us >= 0);
    assert(at_us <= AT_US_MAX);

    int second_of_day = (int)(at_us % US_PER_DAY / US_PER_SECOND);
    int64_t fraction_us = at_us % US_PER_SECOND;

    (void)date_format((struct date){(int32_t)(at_us / US_PER_DAY)}, text);
    memcpy(text + 10, "T00:00:00.000000Z", sizeof "T00:00:00.000000Z");
    write_two(text + 11, second_of_day / 3600);
    write_two(text + 14, second_of_day / 60 % 60);
    write_two(text + 17, second_of_day % 60);
    for (int i = 25; i >= 20; i--) {
        text[i] = (char)('0' + fraction_us % 10);
        fraction_us /= 10;
    }
    return text;
}

/* `count` decimal digits, or -1. */
static int64_t read_digits(const char *text, int count)
{
    int64_t value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

enum zcd_code record_at_parse(const char *text, int64_t *at_us, struct zcd_error *err)
{
    static const char FORM[] = "instant is not of the form 2026-03-31T09:30:00.000000Z";
    char day_text[DATE_TEXT_SIZE];
    char again[RECORD_AT_TEXT_SIZE];
    struct date day;

    if (strlen(text) != RECORD_AT_TEXT_SIZE - 1)
        return zcd_fail(err, ZCD_INVALID, "%s", FORM);
    memcpy(day_text, text, DATE_TEXT_SIZE - 1);
    day_text[DATE_TEXT_SIZE - 1] = '\0';
    enum zcd_code code = date_parse(day_text, &day, err);
    if (code != ZCD_OK)
        return code;

    int64_t hour = read_digits(text + 11, 2);
    int64_t minute = read_digits(text + 14, 2);
    int64_t second = read_digits(text + 17, 2);
    int64_t fraction_us = read_digits(text + 20, 6);
    if (day.days < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59
        || fraction_us < 0)
        return zcd_fail(err, ZCD_INVALID, "%s", FORM);

    int64_t parsed_us = day.days * US_PER_DAY + ((hour * 60 + minute) * 60 + second) * US_PER_SECOND + fraction_us;
    if (strcmp(record_at_format(parsed_us, again), text) != 0) /* whatever else stands between the digits */
        return zcd_fail(err, ZCD_INVALID, "%s", FORM);
    *at_us = parsed_us;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ checking */

static enum zcd_code fail_at(struct zcd_error *err, const char *object, const char *name, const char *message)
{
    (void)zcd_fail(err, ZCD_INVALID, "%s", message);
    (void)zcd_fail_within(err, name);
    return object == NULL ? ZCD_INVALID : zcd_fail_within(err, object);
}

bool record_is_name(const char *text)
{
    size_t size = text == NULL ? 0 : strnlen(text, RECORD_NAME_LENGTH_MAX + 1);
    if (size == 0 || size > RECORD_NAME_LENGTH_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    }
    return bytes_are_utf8((struct bytes){(const uint8_t *)text, size});
}

static const char NOT_A_NAME[] = "empty, too long, not UTF-8, or with control characters";

static enum zcd_code check_names(const struct record *record, struct zcd_error *err)
{
    if (!record_is_name(record->actor.id))
        return fail_at(err, "actor", "id", NOT_A_NAME);
    if (!record_is_name(record->actor.role))
        return fail_at(err, "actor", "role", NOT_A_NAME);
    if (record->actor.lender != NULL && !record_is_name(record->actor.lender))
        return fail_at(err, "actor", "lender", NOT_A_NAME);
    if (record->subject.application != NULL && !record_is_name(record->subject.application))
        return fail_at(err, "subject", "application", NOT_A_NAME);
    return ZCD_OK;
}

static enum zcd_code check_subject(const struct record *record, struct zcd_error *err)
{
    bool has_organisation = record->subject.uscc.text[0] != '\0';

    if (has_organisation && !record_kind_may_have_organisation(record->kind))
        return fail_at(err, "subject", "uscc", "a record of this kind is about no organisation");
    if (!has_organisation && !record_kind_may_be_the_logs(record->kind))
        return fail_at(err, "subject", "uscc", "missing");
    if (!has_organisation && record->subject.application != NULL)
        return fail_at(err, "subject", "application", "without an organisation");
    return ZCD_OK;
}

static enum zcd_code check_basis(const struct record *record, struct zcd_error *err)
{
    if (!record_kind_has_documents(record->kind)) {
        if (!date_is_none(record->as_of) || record->retrospective)
            return fail_at(err, NULL, "as_of", "a record of this kind rests on no decision");
        return ZCD_OK;
    }
    if (date_is_none(record->as_of))
        return fail_at(err, NULL, "as_of", "missing");
    if (!record_is_name(record->engine.version))
        return fail_at(err, "engine", "version", NOT_A_NAME);
    return ZCD_OK;
}

static enum zcd_code check_prior(const struct record *record, struct zcd_error *err)
{
    if (record->prior_count > RECORD_PRIOR_MAX)
        return fail_at(err, NULL, "prior", "too many indices");
    for (size_t i = 0; i < record->prior_count; i++) {
        if (record->prior[i] > (uint64_t)CANONICAL_JSON_INTEGER_MAX)
            return fail_at(err, NULL, "prior", "index is above 2^53 - 1");
        if (i > 0 && record->prior[i] <= record->prior[i - 1])
            return fail_at(err, NULL, "prior", "indices are not ascending");
    }
    return ZCD_OK;
}

/* A canonical text that begins with a brace is an object's. */
static enum zcd_code check_body(struct bytes body, struct zcd_error *err)
{
    if (body.size == 0 || body.data[0] != '{')
        return fail_at(err, NULL, "body", "not an object");
    if (body.size > RECORD_LEAF_SIZE_MAX)
        return fail_at(err, NULL, "body", "too large");
    if (canonical_json_check(body, err) != ZCD_OK)
        return zcd_fail_within(err, "body");
    return ZCD_OK;
}

enum zcd_code record_check(const struct record *record, struct zcd_error *err)
{
    static const uint8_t NO_NONCE[RECORD_NONCE_SIZE];

    if (memcmp(record->nonce, NO_NONCE, sizeof NO_NONCE) == 0)
        return fail_at(err, NULL, "nonce", "all zero");
    enum zcd_code code = check_names(record, err);
    if (code == ZCD_OK)
        code = check_subject(record, err);
    if (code == ZCD_OK)
        code = check_prior(record, err);
    if (code == ZCD_OK)
        code = check_basis(record, err);
    return code == ZCD_OK ? check_body(record->body, err) : code;
}

/* ------------------------------------------------------------------ sealing: members in canonical order */

static void append_text(struct buffer *leaf, const char *text)
{
    canonical_json_append_string(leaf, bytes_of_text(text));
}

static void append_text_or_null(struct buffer *leaf, const char *text)
{
    if (text == NULL)
        buffer_append_text(leaf, "null");
    else
        append_text(leaf, text);
}

static void append_hex(struct buffer *leaf, const uint8_t *data, size_t size)
{
    char text[SHA256_TEXT_SIZE];

    assert(size <= SHA256_SIZE);
    hex_encode(data, size, text);
    buffer_append_text(leaf, "\"");
    buffer_append(leaf, text, 2 * size);
    buffer_append_text(leaf, "\"");
}

static void append_digest(struct buffer *leaf, const struct record *record, const char *member,
                          const struct sha256 *digest)
{
    buffer_append_text(leaf, member);
    if (record_kind_has_documents(record->kind))
        append_hex(leaf, digest->bytes, SHA256_SIZE);
    else
        buffer_append_text(leaf, "null");
}

static void append_engine(struct buffer *leaf, const struct record *record)
{
    if (!record_kind_has_documents(record->kind)) {
        buffer_append_text(leaf, ",\"engine\":null");
        return;
    }
    buffer_append_text(leaf, ",\"engine\":{\"source_sha256\":");
    append_hex(leaf, record->engine.source_sha256.bytes, SHA256_SIZE);
    buffer_append_text(leaf, ",\"version\":");
    append_text(leaf, record->engine.version);
    buffer_append_text(leaf, "}");
}

static void append_who_and_when(struct buffer *leaf, const struct record *record, int64_t at_us)
{
    char day[DATE_TEXT_SIZE];
    char at[RECORD_AT_TEXT_SIZE];

    buffer_append_text(leaf, "{\"actor\":{\"id\":");
    append_text(leaf, record->actor.id);
    buffer_append_text(leaf, ",\"lender\":");
    append_text_or_null(leaf, record->actor.lender);
    buffer_append_text(leaf, ",\"role\":");
    append_text(leaf, record->actor.role);
    buffer_append_text(leaf, "},\"as_of\":");
    append_text_or_null(leaf, date_is_none(record->as_of) ? NULL : date_format(record->as_of, day));
    buffer_append_text(leaf, ",\"at\":");
    append_text(leaf, record_at_format(at_us, at));
}

static void append_what(struct buffer *leaf, const struct record *record)
{
    buffer_append_text(leaf, ",\"body\":");
    buffer_append(leaf, record->body.data, record->body.size);
    append_digest(leaf, record, ",\"decision_sha256\":", &record->decision_sha256);
    append_digest(leaf, record, ",\"dossier_sha256\":", &record->dossier_sha256);
    append_engine(leaf, record);
    buffer_append_text(leaf, ",\"kind\":");
    append_text(leaf, record_kind_name(record->kind));
    buffer_append_text(leaf, ",\"nonce\":");
    append_hex(leaf, record->nonce, RECORD_NONCE_SIZE);
    append_digest(leaf, record, ",\"policy_sha256\":", &record->policy_sha256);
}

static void append_place(struct buffer *leaf, const struct record *record, uint64_t sequence)
{
    buffer_append_text(leaf, ",\"prior\":[");
    for (size_t i = 0; i < record->prior_count; i++) {
        if (i > 0)
            buffer_append_text(leaf, ",");
        canonical_json_append_integer(leaf, (int64_t)record->prior[i]);
    }
    buffer_append_text(leaf, "],\"purpose\":\"" RECORD_PURPOSE "\",\"retrospective\":");
    buffer_append_text(leaf, record->retrospective ? "true" : "false");
    buffer_append_text(leaf, ",\"schema\":\"" RECORD_SCHEMA "\",\"sequence\":");
    canonical_json_append_integer(leaf, (int64_t)sequence);
    buffer_append_text(leaf, ",\"subject\":{\"application\":");
    append_text_or_null(leaf, record->subject.application);
    buffer_append_text(leaf, ",\"uscc\":");
    append_text_or_null(leaf, record->subject.uscc.text[0] == '\0' ? NULL : record->subject.uscc.text);
    buffer_append_text(leaf, "}}");
}

enum zcd_code record_seal_again(const struct record *record, int64_t at_us, uint64_t sequence, struct buffer *leaf,
                                struct zcd_error *err)
{
    assert(at_us >= 0);
    assert(at_us <= AT_US_MAX);
    assert(sequence > 0);
    assert(sequence <= (uint64_t)CANONICAL_JSON_INTEGER_MAX);

    size_t size_before = leaf->size;
    append_who_and_when(leaf, record, at_us);
    append_what(leaf, record);
    append_place(leaf, record, sequence);
    if (leaf->size - size_before > RECORD_LEAF_SIZE_MAX) {
        leaf->size = size_before;
        leaf->data[size_before] = '\0';
        return zcd_fail(err, ZCD_INVALID, "record is larger than %d bytes", RECORD_LEAF_SIZE_MAX);
    }
    return ZCD_OK;
}

enum zcd_code record_seal(const struct record *record, int64_t at_us, uint64_t sequence, struct buffer *leaf,
                          struct zcd_error *err)
{
    enum zcd_code code = record_check(record, err);
    return code == ZCD_OK ? record_seal_again(record, at_us, sequence, leaf, err) : code;
}
