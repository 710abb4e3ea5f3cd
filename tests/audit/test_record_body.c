/* The bodies of all kinds: one good body of each, written by hand, and everything that can be wrong with it. */
#include "tests/audit/support.h"

#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/arena.h"

#define DIGEST "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define NOTE "\"log\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n\\n\xe2\x80\x94 log AAAAAAA=\\n\""

static const struct {
    enum record_kind kind;
    const char *body;
} GOOD[] = {
    {RECORD_ASSESSMENT, "{\"conditions\":[],\"grade\":3,\"limit_fen\":0,\"outcome\":\"decline\",\"rate_bp\":null,"
                        "\"reasons\":[\"a_b\",\"c9\"],\"tenor_months\":12}"},
    {RECORD_DECISION, "{\"conditions\":[\"x\"],\"limit_fen\":0,\"outcome\":\"approve\",\"rate_bp\":393,\"reasons\":[],"
                      "\"tenor_months\":12}"},
    {RECORD_OVERRIDE, "{\"limit_fen\":1,\"outcome\":\"approve\",\"reasons\":[\"known\"],\"text\":" DIGEST "}"},
    {RECORD_APPROVAL, "{\"outcome\":\"approve\",\"proposed_by\":\"officer-1\",\"text\":null}"},
    {RECORD_APPLICATION_MOVED, "{\"from\":null,\"text\":null,\"to\":\"submitted\"}"},
    {RECORD_DISBURSEMENT, "{\"amount_fen\":500000000,\"facility\":\"f1\",\"on\":\"2020-10-30\"}"},
    {RECORD_REPAYMENT, "{\"facility\":\"f1\",\"interest_fen\":1,\"on\":\"2021-10-30\",\"principal_fen\":2}"},
    {RECORD_DEFERRAL,
     "{\"cause\":\"late_payer\",\"facility\":\"f1\",\"outcome\":\"granted\",\"schedule_sha256\":" DIGEST
     ",\"text\":null,\"until\":\"2021-12-31\"}"},
    {RECORD_RENEWAL, "{\"facility\":\"f2\",\"limit_fen\":3,\"matures_on\":\"2023-06-30\",\"replaces\":\"f1\"}"},
    {RECORD_CORRECTION, "{\"fact\":\"/contracts/0\",\"new\":" DIGEST ",\"old\":null,\"text\":null}"},
    {RECORD_AUTHORISATION,
     "{\"expires_on\":null,\"granted_to\":\"bank\",\"purpose\":\"first_loan\",\"scope\":[\"contracts\"]}"},
    {RECORD_IMPORT, "{\"form\":\"ocds\",\"rows\":3,\"source_sha256\":" DIGEST "}"},
    {RECORD_IMPORT_WITHDRAWN, "{\"rows\":3,\"source_sha256\":" DIGEST ",\"text\":null}"},
    {RECORD_POLICY_PROPOSED, "{\"policy\":\"zhengcaidai\",\"policy_sha256\":" DIGEST ",\"version\":\"2\"}"},
    {RECORD_POLICY_APPROVED, "{\"effective_on\":\"2026-01-01\",\"policy\":\"zhengcaidai\",\"policy_sha256\":" DIGEST
                             ",\"proposed_by\":\"risk-1\",\"version\":\"2\"}"},
    {RECORD_POLICY_RETIRED,
     "{\"effective_on\":\"2026-01-01\",\"policy\":\"zhengcaidai\",\"policy_sha256\":" DIGEST "}"},
    {RECORD_ROLE_CHANGED, "{\"approved_by\":\"admin-2\",\"new\":[\"officer\"],\"old\":[],\"user\":\"u7\"}"},
    {RECORD_KEY_ROTATED, "{\"statement\":" NOTE "}"},
    {RECORD_ERASURE, "{\"basis\":\"pipl_47\",\"commitments\":[" DIGEST "]}"},
    {RECORD_EXPORT, "{\"from\":0,\"size\":3,\"text\":null}"},
    {RECORD_DISCLOSURE, "{\"form\":\"bundle\",\"on\":\"2026-03-31\"}"},
    {RECORD_DAILY_STATEMENT,
     "{\"counts\":{\"assessment\":2,\"disclosure\":1},\"day\":\"2026-03-31\",\"from\":0,\"previous\":null,\"to\":3}"},
    {RECORD_ORIGIN_OPENED, "{\"checkpoint\":" NOTE "}"},
    {RECORD_CORRECTION_FILED, "{\"evidence\":null,\"fact\":\"contracts/c1\",\"lender\":\"bank\",\"new\":" DIGEST ",\"text\":" DIGEST "}"},
    {RECORD_CORRECTION_REFUSED, "{\"fact\":\"contracts/c1\",\"text\":" DIGEST "}"},
    {RECORD_DISCLOSURE_ABROAD, "{\"form\":\"facts\",\"on\":\"2026-03-31\",\"organisation\":\"GB-COH:09506232\"}"},
};

static void every_kind_has_a_body_that_passes(void **state)
{
    const enum record_kind *kinds;
    (void)state;

    assert_int_equal(COUNT_OF(GOOD), record_kinds(&kinds));
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct zcd_error err;
        assert_int_equal(GOOD[i].kind, kinds[i]);
        assert_true(canonical_json_is_canonical(bytes_of_text(GOOD[i].body)));
        if (record_body_check(GOOD[i].kind, bytes_of_text(GOOD[i].body), &err) != ZCD_OK)
            fail_msg("%s: %s %s", record_kind_name(GOOD[i].kind), err.pointer, err.message);
    }
}

static void no_bodys_shape_is_anothers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        for (size_t j = 0; j < COUNT_OF(GOOD); j++) {
            struct zcd_error err;
            if (i != j && record_body_check(GOOD[i].kind, bytes_of_text(GOOD[j].body), &err) == ZCD_OK)
                fail_msg("a %s passes for a %s", record_kind_name(GOOD[j].kind), record_kind_name(GOOD[i].kind));
        }
    }
}

/* Each member away, null where it may not be, of another type; and one too many. */
static void every_member_must_be_there_and_be_what_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        json_t *good = json_loads(GOOD[i].body, 0, NULL);
        const char *name;
        json_t *member;

        assert_non_null(good);
        json_object_foreach(good, name, member)
        {
            static const char *const WRONG[] = {"[[]]", "[true]", "[\"\"]", "[-1]", "[\"A b\\u0001\"]", "[{\"a\":1}]"};
            for (size_t j = 0; j <= COUNT_OF(WRONG); j++) {
                json_t *bad = json_copy(good);
                json_t *value = j < COUNT_OF(WRONG) ? json_loads(WRONG[j], 0, NULL) : NULL;
                struct zcd_error err = {0};
                char pointer[64];
                if (value == NULL)
                    (void)json_object_del(bad, name);
                else
                    (void)json_object_set(bad, name, json_array_get(value, 0));
                char *text = json_dumps(bad, JSON_COMPACT | JSON_SORT_KEYS);
                /* an empty array is good where any array is */
                if (!(j == 0 && json_is_array(member))) {
                    (void)snprintf(pointer, sizeof pointer, "/body/%s", name);
                    if (record_body_check(GOOD[i].kind, bytes_of_text(text), &err) != ZCD_INVALID)
                        fail_msg("%s passes", text);
                    assert_int_equal(strncmp(err.pointer, pointer, strlen(pointer)), 0);
                }
                free(text);
                json_decref(value);
                json_decref(bad);
            }
        }
        (void)json_object_set_new(good, "zz", json_integer(1));
        char *text = json_dumps(good, JSON_COMPACT | JSON_SORT_KEYS);
        struct zcd_error err;
        assert_int_equal(record_body_check(GOOD[i].kind, bytes_of_text(text), &err), ZCD_INVALID);
        assert_string_equal(err.pointer, "/body/zz");
        free(text);
        json_decref(good);
    }
}

/* Every kind sealed, read back, sealed to the same bytes; with what is null in it where the kind has none. */
static void every_kind_is_sealed_and_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        enum record_kind kind = GOOD[i].kind;
        struct record record = {.kind = kind,
                                .nonce = {1},
                                .actor = {.id = "service", .role = "system"},
                                .as_of = DATE_NONE,
                                .body = bytes_of_text(GOOD[i].body)};
        struct arena arena = {0};
        struct buffer leaf = {0}, again = {0};
        struct record read;
        int64_t at_us;
        uint64_t sequence;
        struct zcd_error err;

        if (!record_kind_may_be_the_logs(kind)) {
            assert_int_equal(record_seal(&record, 1, 1, &leaf, &err), ZCD_INVALID);
            assert_string_equal(err.pointer, "/subject/uscc");
        }
        if (record_kind_may_have_organisation(kind))
            assert_int_equal(uscc_parse("91110000600037341L", &record.subject.uscc, &err), ZCD_OK);
        if (record_kind_has_documents(kind)) {
            assert_int_equal(record_seal(&record, 1, 1, &leaf, &err), ZCD_INVALID);
            assert_string_equal(err.pointer, "/as_of");
            record.as_of = (struct date){18536};
            record.engine.version = "0.1.0";
        }
        assert_int_equal(record_seal(&record, 1, 1, &leaf, &err), ZCD_OK);
        assert_int_equal(strstr((char *)leaf.data, "\"dossier_sha256\":null") == NULL, record_kind_has_documents(kind));
        assert_int_equal(strstr((char *)leaf.data, "\"engine\":null") == NULL, record_kind_has_documents(kind));
        assert_int_equal(strstr((char *)leaf.data, "\"uscc\":null") == NULL, record_kind_may_have_organisation(kind));
        assert_int_equal(record_parse(buffer_bytes(&leaf), &arena, &read, &at_us, &sequence, &err), ZCD_OK);
        assert_int_equal(record_seal(&read, at_us, sequence, &again, &err), ZCD_OK);
        assert_true(bytes_equal(buffer_bytes(&leaf), buffer_bytes(&again)));
        buffer_done(&leaf);
        buffer_done(&again);
        arena_done(&arena);
    }
}

static void an_organisation_where_a_kind_has_none_is_refused(void **state)
{
    struct record record = {.kind = RECORD_DAILY_STATEMENT,
                            .nonce = {1},
                            .actor = {.id = "service", .role = "system"},
                            .as_of = DATE_NONE,
                            .body = bytes_of_text("{}")};
    struct zcd_error err;
    (void)state;

    assert_int_equal(record_check(&record, &err), ZCD_OK);
    record.subject.application = "a1";
    assert_int_equal(record_check(&record, &err), ZCD_INVALID);
    record.subject.application = NULL;
    assert_int_equal(uscc_parse("91110000600037341L", &record.subject.uscc, &err), ZCD_OK);
    assert_int_equal(record_check(&record, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/subject/uscc");
}

static void a_summary_has_outcome_and_reasons_where_there_are_any(void **state)
{
    struct arena arena = {0};
    struct record record = {.kind = RECORD_ASSESSMENT, .body = bytes_of_text(GOOD[0].body)};
    struct record_summary summary;
    (void)state;

    record_summarise(&record, &arena, &summary);
    assert_string_equal(summary.outcome, "decline");
    assert_int_equal(summary.reason_count, 2);
    assert_string_equal(summary.reasons[0], "a_b");
    assert_string_equal(summary.reasons[1], "c9");
    record.body = bytes_of_text("{\"rows\":3}");
    record_summarise(&record, &arena, &summary);
    assert_null(summary.outcome);
    assert_int_equal(summary.reason_count, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_body_that_passes),
        cmocka_unit_test(no_bodys_shape_is_anothers),
        cmocka_unit_test(every_member_must_be_there_and_be_what_it_should),
        cmocka_unit_test(every_kind_is_sealed_and_read_back),
        cmocka_unit_test(an_organisation_where_a_kind_has_none_is_refused),
        cmocka_unit_test(a_summary_has_outcome_and_reasons_where_there_are_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
