/* Records: sealed to canonical bytes, read back to the same, and nothing else read at all. */
#include "tests/audit/support.h"

#include "tests/audit/sample.h"

#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/arena.h"

#include <stdlib.h>

/* Written by hand from RFC 8785 and record.h; digests by sha256sum. */
static const char EXPECTED[] =
    "{\"actor\":{\"id\":\"officer-7\",\"lender\":\"bocom-shenzhen\",\"role\":\"officer\"},"
    "\"as_of\":\"2020-10-19\",\"at\":\"2020-10-19T04:00:00.123456Z\","
    "\"body\":{\"limit_fen\":500000000,\"outcome\":\"approve_with_conditions\",\"reasons\":[\"R07\",\"R11\"]},"
    "\"decision_sha256\":\"b5fe2767236b7fdcb655477c7819ff3897055a18bdc5bd7e5d98f6626da4d11b\","
    "\"dossier_sha256\":\"bf46e449a618526f82760a72ffe569799869f642310a67714e02449ddbb9c423\","
    "\"engine\":{\"source_sha256\":\"878a52fc5ff6a57d50b7b870aa51637a3dfd38fc22352a39f95a3c292eb976d5\","
    "\"version\":\"0.1.0\"},\"kind\":\"assessment\",\"nonce\":\"000102030405060708090a0b0c0d0eff\","
    "\"policy_sha256\":\"609dd492c7aaca33c8df85d01a25df2373844e80c80d465e8b8a4c6742f2126f\","
    "\"prior\":[3,17],\"purpose\":\"zhengcaidai/record\",\"retrospective\":false,\"schema\":\"zhengcaidai/record/1\","
    "\"sequence\":3,\"subject\":{\"application\":\"a1\",\"uscc\":\"91110000600037341L\"}}";

static struct buffer seal(const struct record *record)
{
    struct buffer leaf = {0};
    struct zcd_error err;

    if (record_seal(record, SAMPLE_AT_US, 3, &leaf, &err) != ZCD_OK)
        fail_msg("%s: %s", err.pointer, err.message);
    return leaf;
}

static void seals_to_these_very_bytes(void **state)
{
    struct record record = sample_record();
    struct buffer leaf = seal(&record);

    (void)state;
    assert_string_equal((char *)leaf.data, EXPECTED);
    buffer_done(&leaf);
}

static void assert_seals_canonically_and_reads_back(const struct record *record)
{
    struct buffer leaf = seal(record);
    struct buffer again = {0};
    struct arena arena = {0};
    struct record read;
    int64_t at_us;
    uint64_t sequence;
    struct zcd_error err;

    assert_true(canonical_json_is_canonical(buffer_bytes(&leaf)));
    if (record_parse(buffer_bytes(&leaf), &arena, &read, &at_us, &sequence, &err) != ZCD_OK)
        fail_msg("%s: %s", err.pointer, err.message);
    assert_int_equal(at_us, SAMPLE_AT_US);
    assert_int_equal(sequence, 3);
    assert_int_equal(record_seal(&read, at_us, sequence, &again, &err), ZCD_OK);
    assert_true(bytes_equal(buffer_bytes(&leaf), buffer_bytes(&again)));
    buffer_done(&leaf);
    buffer_done(&again);
    arena_done(&arena);
}

static void seals_canonically_and_reads_back_whatever_stands_in_it(void **state)
{
    static const char *const names[] = {"a", "\"quoted\\\"", "王小明", "officer 7", "a/b</script>", "\xf0\x9f\x98\x82"};
    static const char *const bodies[] = {"{}", "{\"\":null}", "{\"a\":[{\"b\":[true,false,-1]}],\"b\":\"\\n\"}",
                                         "{\"\xf0\x9f\x98\x82\":1,\"\xef\xac\xb3\":2}"};
    static const uint64_t prior[] = {0, 1, CANONICAL_JSON_INTEGER_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct record record = sample_record();
        record.actor.id = record.actor.role = record.actor.lender = names[i];
        record.subject.application = record.engine.version = names[i];
        assert_seals_canonically_and_reads_back(&record);
        record.actor.lender = NULL;
        record.subject.application = NULL;
        record.retrospective = true;
        assert_seals_canonically_and_reads_back(&record);
    }
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct record record = sample_record();
        record.body = bytes_of_text(bodies[i]);
        record.prior = prior;
        record.prior_count = i % 4;
        assert_seals_canonically_and_reads_back(&record);
    }
}

static void reads_back_every_member(void **state)
{
    struct record record = sample_record();
    struct buffer leaf = seal(&record);
    struct arena arena = {0};
    struct record read;
    int64_t at_us;
    uint64_t sequence;
    struct zcd_error err;

    (void)state;
    assert_int_equal(record_parse(buffer_bytes(&leaf), &arena, &read, &at_us, &sequence, &err), ZCD_OK);
    buffer_done(&leaf); /* nothing in the record may borrow from the leaf */
    assert_int_equal(read.kind, RECORD_ASSESSMENT);
    assert_memory_equal(read.nonce, record.nonce, RECORD_NONCE_SIZE);
    assert_string_equal(read.actor.id, "officer-7");
    assert_string_equal(read.actor.role, "officer");
    assert_string_equal(read.actor.lender, "bocom-shenzhen");
    assert_string_equal(read.subject.uscc.text, "91110000600037341L");
    assert_string_equal(read.subject.application, "a1");
    assert_int_equal(read.prior_count, 2);
    assert_int_equal(read.prior[1], 17);
    assert_int_equal(read.as_of.days, record.as_of.days);
    assert_false(read.retrospective);
    assert_hash_equal(read.dossier_sha256, record.dossier_sha256);
    assert_hash_equal(read.policy_sha256, record.policy_sha256);
    assert_hash_equal(read.decision_sha256, record.decision_sha256);
    assert_string_equal(read.engine.version, "0.1.0");
    assert_hash_equal(read.engine.source_sha256, record.engine.source_sha256);
    assert_true(bytes_equal(read.body, bytes_of_text(SAMPLE_BODY)));
    arena_done(&arena);
}

/* ------------------------------------------------------------------ refusals */

static void assert_refused(const struct record *record, const char *pointer)
{
    struct buffer leaf = {0};
    struct zcd_error err = {0};

    buffer_append_text(&leaf, "kept");
    if (record_check(record, &err) != ZCD_INVALID)
        fail_msg("%s: record_check lets it pass", pointer);
    assert_string_equal(err.pointer, pointer);
    assert_int_equal(record_seal(record, SAMPLE_AT_US, 3, &leaf, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, pointer);
    assert_string_equal((char *)leaf.data, "kept");
    buffer_done(&leaf);
}

static void seals_no_name_that_is_empty_too_long_or_unprintable(void **state)
{
    char long_name[RECORD_NAME_LENGTH_MAX + 2];
    const char *const refused[] = {"", "a\nb", "\x7f", "\xff", long_name};

    (void)state;
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct record record = sample_record();
        record.actor.id = refused[i];
        assert_refused(&record, "/actor/id");
        record = sample_record();
        record.actor.role = refused[i];
        assert_refused(&record, "/actor/role");
        record = sample_record();
        record.actor.lender = refused[i];
        assert_refused(&record, "/actor/lender");
        record = sample_record();
        record.subject.application = refused[i];
        assert_refused(&record, "/subject/application");
        record = sample_record();
        record.engine.version = refused[i];
        assert_refused(&record, "/engine/version");
    }
    long_name[RECORD_NAME_LENGTH_MAX] = '\0';
    struct record record = sample_record();
    record.actor.id = long_name;
    assert_seals_canonically_and_reads_back(&record);
}

static void seals_no_record_whose_nonce_was_never_drawn(void **state)
{
    struct record record = sample_record();

    (void)state;
    memset(record.nonce, 0, sizeof record.nonce);
    assert_refused(&record, "/nonce");
}

static void seals_only_ascending_prior_indices(void **state)
{
    static const uint64_t equal[] = {1, 1}, descending[] = {2, 1}, large[] = {CANONICAL_JSON_INTEGER_MAX + 1};
    uint64_t many[RECORD_PRIOR_MAX + 1];
    struct record record = sample_record();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = i;
    record.prior = equal;
    assert_refused(&record, "/prior");
    record.prior = descending;
    assert_refused(&record, "/prior");
    record.prior = large;
    record.prior_count = 1;
    assert_refused(&record, "/prior");
    record.prior = many;
    record.prior_count = RECORD_PRIOR_MAX + 1;
    assert_refused(&record, "/prior");
    record.prior_count = RECORD_PRIOR_MAX;
    assert_seals_canonically_and_reads_back(&record);
    record.prior = NULL;
    record.prior_count = 0;
    assert_seals_canonically_and_reads_back(&record);
}

static void seals_only_a_body_that_is_a_canonical_object(void **state)
{
    static const char *const refused[] = {"", "[]", "1", "null", "{", "{}x", "{ }", "{\"b\":1,\"a\":1}",
                                          "{\"a\":1.5}", "{\"a\":1,\"a\":1}", "{},\"purpose\":\"else\""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct record record = sample_record();
        struct buffer leaf = {0};
        struct zcd_error err;
        record.body = bytes_of_text(refused[i]);
        assert_int_equal(record_seal(&record, SAMPLE_AT_US, 3, &leaf, &err), ZCD_INVALID);
        assert_memory_equal(err.pointer, "/body", 5);
        assert_int_equal(leaf.size, 0);
    }
}

static void seals_no_record_without_a_day(void **state)
{
    struct record record = sample_record();

    (void)state;
    record.as_of = DATE_NONE;
    assert_refused(&record, "/as_of");
}

/* {"a":"xxx...x"} with the letters that make the leaf exactly this long. */
static enum zcd_code seal_of_size(size_t size, struct buffer *leaf, struct zcd_error *err)
{
    struct record record = sample_record();
    struct buffer body = {0};

    buffer_append_text(&body, "{\"a\":\"");
    while (body.size + 2 < size - (strlen(EXPECTED) - strlen(SAMPLE_BODY)))
        buffer_append_text(&body, "x");
    buffer_append_text(&body, "\"}");
    record.body = buffer_bytes(&body);
    enum zcd_code code = record_seal(&record, SAMPLE_AT_US, 3, leaf, err);
    buffer_done(&body);
    return code;
}

static void seals_up_to_the_last_byte_that_a_log_entry_may_have(void **state)
{
    struct buffer leaf = {0};
    struct arena arena = {0};
    struct record record;
    int64_t at_us;
    uint64_t sequence;
    struct zcd_error err;

    (void)state;
    assert_int_equal(seal_of_size(RECORD_LEAF_SIZE_MAX + 1, &leaf, &err), ZCD_INVALID);
    assert_int_equal(leaf.size, 0);
    assert_int_equal(seal_of_size(RECORD_LEAF_SIZE_MAX, &leaf, &err), ZCD_OK);
    assert_int_equal(leaf.size, RECORD_LEAF_SIZE_MAX);
    assert_int_equal(record_parse(buffer_bytes(&leaf), &arena, &record, &at_us, &sequence, &err), ZCD_OK);

    /* One letter more, still canonical. */
    size_t inside = (size_t)(strstr((char *)leaf.data, "xxx") - (char *)leaf.data);
    buffer_append_text(&leaf, "}");
    memmove(leaf.data + inside + 1, leaf.data + inside, leaf.size - inside - 1);
    assert_true(canonical_json_is_canonical(buffer_bytes(&leaf)));
    assert_int_equal(record_parse(buffer_bytes(&leaf), &arena, &record, &at_us, &sequence, &err), ZCD_INVALID);
    assert_string_equal(err.message, "record is larger than 65535 bytes");
    arena_done(&arena);
    buffer_done(&leaf);
}

/* ------------------------------------------------------------------ reading what others wrote */

/* The good leaf with one passage replaced. */
static enum zcd_code parse_with(const char *passage, const char *replacement, struct zcd_error *err)
{
    struct record record = sample_record();
    struct buffer leaf = seal(&record);
    struct buffer changed = {0};
    struct arena arena = {0};
    int64_t at_us;
    uint64_t sequence;
    const char *found = strstr((char *)leaf.data, passage);

    if (found == NULL)
        fail_msg("no passage %s", passage);
    buffer_append(&changed, leaf.data, (size_t)(found - (char *)leaf.data));
    buffer_append_text(&changed, replacement);
    buffer_append_text(&changed, found + strlen(passage));
    enum zcd_code code = record_parse(buffer_bytes(&changed), &arena, &record, &at_us, &sequence, err);
    buffer_done(&leaf);
    buffer_done(&changed);
    arena_done(&arena);
    return code;
}

static void refuses_a_leaf_that_is_not_exactly_a_record(void **state)
{
    static const struct {
        const char *passage, *replacement, *pointer;
    } refused[] = {
        {"\"purpose\":\"zhengcaidai/record\"", "\"purpose\":\"zhengcaidai/webhook\"", "/purpose"},
        {"\"purpose\":\"zhengcaidai/record\",", "", "/purpose"},
        {"\"schema\":\"zhengcaidai/record/1\"", "\"schema\":\"zhengcaidai/record/2\"", "/schema"},
        {"\"kind\":\"assessment\"", "\"kind\":\"assessments\"", "/kind"},
        {"\"kind\":\"assessment\"", "\"kind\":1", "/kind"},
        {"\"sequence\":3", "\"sequence\":0", "/sequence"},
        {"\"sequence\":3", "\"sequence\":-1", "/sequence"},
        {"\"sequence\":3", "\"sequence\":\"3\"", "/sequence"},
        {"\"kind\"", "\"keen\":1,\"kind\"", "/keen"},
        {"\"role\"", "\"rank\":1,\"role\"", "/actor/rank"},
        {"\"lender\":\"bocom-shenzhen\",", "", "/actor/lender"},
        {"\"id\":\"officer-7\"", "\"id\":null", "/actor/id"},
        {"\"id\":\"officer-7\"", "\"id\":\"\"", "/actor/id"},
        {"{\"application\":\"a1\",\"uscc\":\"91110000600037341L\"}", "{\"application\":\"a1\"}", "/subject/uscc"},
        {"91110000600037341L", "91110000600037341M", "/subject/uscc"},
        {"{\"application\":\"a1\",\"uscc\":\"91110000600037341L\"}", "[]", "/subject"},
        {"\"as_of\":\"2020-10-19\"", "\"as_of\":\"2020-10-32\"", "/as_of"},
        {"\"as_of\":\"2020-10-19\"", "\"as_of\":null", "/as_of"},
        {"04:00:00.123456Z", "24:00:00.123456Z", "/at"},
        {"04:00:00.123456Z", "04:60:00.123456Z", "/at"},
        {"04:00:00.123456Z", "04:00:60.123456Z", "/at"},
        {"04:00:00.123456Z", "04:00:00.12345Z", "/at"},
        {"04:00:00.123456Z", "04:00:00.123456+00:00", "/at"},
        {"04:00:00.123456Z", "04:00:00,123456Z", "/at"},
        {"T04:00", " 04:00", "/at"},
        {"\"retrospective\":false", "\"retrospective\":0", "/retrospective"},
        {"\"nonce\":\"000102030405060708090a0b0c0d0eff\"", "\"nonce\":\"000102030405060708090a0b0c0d0e\"", "/nonce"},
        {"\"nonce\":\"000102030405060708090a0b0c0d0eff\"", "\"nonce\":\"00000000000000000000000000000000\"", "/nonce"},
        {"\"nonce\":\"000102030405060708090a0b0c0d0eff\"", "\"nonce\":\"000102030405060708090A0B0C0D0EFF\"", "/nonce"},
        {"\"dossier_sha256\":\"", "\"dossier_sha256\":\"0", "/dossier_sha256"},
        {"\"policy_sha256\":\"", "\"policy_sha256\":\"x", "/policy_sha256"},
        {"\"decision_sha256\":\"", "\"decision_sha256\":\"0", "/decision_sha256"},
        {"\"source_sha256\":\"", "\"source_sha256\":\"0", "/engine/source_sha256"},
        {"\"version\":\"0.1.0\"", "\"version\":\"\"", "/engine/version"},
        {"\"prior\":[3,17]", "\"prior\":[17,3]", "/prior"},
        {"\"prior\":[3,17]", "\"prior\":[-1]", "/prior/0"},
        {"\"prior\":[3,17]", "\"prior\":3", "/prior"},
        {"\"body\":{", "\"body\":[],\"body1\":{", "/body1"},
        {"{\"limit_fen\":500000000,\"outcome\":\"approve_with_conditions\",\"reasons\":[\"R07\",\"R11\"]}", "[]", "/body"},
        {"{\"actor\"", " {\"actor\"", ""},                                      /* not canonical */
        {"\"prior\":[3,17],\"purpose\"", "\"prior\":[3, 17],\"purpose\"", ""},
        {"500000000", "5e8", "/body/limit_fen"},
        {"500000000", "500000000.0", "/body/limit_fen"},
        {"\"R07\"", "\"\\u0052\\u0030\\u0037\"", ""},
        {"\"outcome\"", "\"outcome\":\"decline\",\"outcome\"", ""},             /* a member twice */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct zcd_error err = {0};
        if (parse_with(refused[i].passage, refused[i].replacement, &err) != ZCD_INVALID)
            fail_msg("%s", refused[i].replacement);
        assert_string_equal(err.pointer, refused[i].pointer);
    }
    struct zcd_error err;
    assert_int_equal(parse_with("\"sequence\":3", "\"sequence\":4", &err), ZCD_OK); /* the method works */
}

static void refuses_every_other_json_document_as_a_record(void **state)
{
    static const char *const refused[] = {"", "{}", "[]", "null", "1", "\"record\"", "{\"schema\":1}"};
    struct arena arena = {0};
    struct record record;
    int64_t at_us;
    uint64_t sequence;
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_int_equal(record_parse(bytes_of_text(refused[i]), &arena, &record, &at_us, &sequence, &err),
                         ZCD_INVALID);
    arena_done(&arena);
}

/* ------------------------------------------------------------------ instants and kinds */

static void writes_instants_as_rfc_3339_and_reads_them_back(void **state)
{
    static const struct {
        int64_t at_us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.000001Z"},
        {INT64_C(951868799999999), "2000-02-29T23:59:59.999999Z"},   /* date -u -d @951868799 */
        {INT64_C(1000000000000000), "2001-09-09T01:46:40.000000Z"},  /* date -u -d @1000000000 */
        {INT64_C(1603080000123456), "2020-10-19T04:00:00.123456Z"},  /* date -u -d @1603080000 */
        {INT64_C(7258118399999999), "2199-12-31T23:59:59.999999Z"},  /* date -u -d @7258118399 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[RECORD_AT_TEXT_SIZE];
        int64_t at_us;
        struct zcd_error err;
        assert_string_equal(record_at_format(cases[i].at_us, text), cases[i].text);
        assert_int_equal(record_at_parse(cases[i].text, &at_us, &err), ZCD_OK);
        assert_int_equal(at_us, cases[i].at_us);
    }
}

static void reads_no_other_form_of_an_instant(void **state)
{
    static const char *const refused[] = {"", "1969-12-31T23:59:59.999999Z", "2020-10-19", "2020-10-19T04:00:00Z",
                                          "2020-02-30T04:00:00.000000Z", "2020-10-19t04:00:00.000000z",
                                          "2020-10-19T04:00:00.00000 Z", "2020-10-19T04:00:00.0000000",
                                          "2020-10-19T-4:00:00.000000Z", "2020-10-19T04-00-00.000000Z"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        int64_t at_us = 7;
        struct zcd_error err;
        assert_int_equal(record_at_parse(refused[i], &at_us, &err), ZCD_INVALID);
        assert_int_equal(at_us, 7);
    }
}

static void names_each_kind_once_in_three_ways(void **state)
{
    static const enum record_kind kinds[] = {
#define RECORD_KIND(number, symbol, text, subject, basis, zh, en) RECORD_##symbol,
#include "audit/record_kinds.def"
#undef RECORD_KIND
    };

    (void)state;
    assert_int_equal(RECORD_ASSESSMENT, 1); /* never changes */
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_true(strlen(record_kind_text(kinds[i], true)) > 0);
        assert_true(strlen(record_kind_text(kinds[i], false)) > 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(kinds[i], kinds[k]);
            assert_string_not_equal(record_kind_name(kinds[i]), record_kind_name(kinds[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_to_these_very_bytes),
        cmocka_unit_test(seals_canonically_and_reads_back_whatever_stands_in_it),
        cmocka_unit_test(reads_back_every_member),
        cmocka_unit_test(seals_no_name_that_is_empty_too_long_or_unprintable),
        cmocka_unit_test(seals_no_record_whose_nonce_was_never_drawn),
        cmocka_unit_test(seals_only_ascending_prior_indices),
        cmocka_unit_test(seals_only_a_body_that_is_a_canonical_object),
        cmocka_unit_test(seals_no_record_without_a_day),
        cmocka_unit_test(seals_up_to_the_last_byte_that_a_log_entry_may_have),
        cmocka_unit_test(refuses_a_leaf_that_is_not_exactly_a_record),
        cmocka_unit_test(refuses_every_other_json_document_as_a_record),
        cmocka_unit_test(writes_instants_as_rfc_3339_and_reads_them_back),
        cmocka_unit_test(reads_no_other_form_of_an_instant),
        cmocka_unit_test(names_each_kind_once_in_three_ways),
    };

    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
