#include "api/codec/assessment_encode.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "audit/canonical_json.h"

#define USCC "91110000600037341L" /* from the documentation of python-stdnum */
#define ID "as_" USCC "_000102030405060708090a0b0c0d0e0f"

static void names_an_assessment_by_organisation_and_nonce(void **state)
{
    uint8_t nonce[ASSESSMENT_NONCE_SIZE];
    char text[ASSESSMENT_ID_SIZE];
    struct zcd_error err;
    struct uscc uscc;
    (void)state;

    for (uint8_t i = 0; i < sizeof nonce; i++)
        nonce[i] = i;
    assert_int_equal(uscc_parse(USCC, &uscc, &err), ZCD_OK);
    assert_string_equal(assessment_id_format(&uscc, nonce, text), ID);

    struct uscc again;
    assert_int_equal(assessment_id_parse(ID, &again, &err), ZCD_OK);
    assert_string_equal(again.text, USCC);
}

static void finds_nothing_under_what_is_no_id(void **state)
{
    static const char *const CASES[] = {
        "",
        "as_",
        "as_" USCC,
        "as_" USCC "_",
        "as_" USCC "_000102030405060708090a0b0c0d0e0",
        "as_" USCC "_000102030405060708090a0b0c0d0e0f0",
        "as_" USCC "_000102030405060708090A0B0C0D0E0F",
        "as_" USCC "-000102030405060708090a0b0c0d0e0f",
        "AS_" USCC "_000102030405060708090a0b0c0d0e0f",
        "as_91110000600037341M_000102030405060708090a0b0c0d0e0f",
        "as_%20%20%20%20%20%20_000102030405060708090a0b0c0d0e0f",
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct zcd_error err;
        struct uscc uscc;
        assert_int_equal(assessment_id_parse(CASES[i], &uscc, &err), ZCD_NOT_FOUND);
    }
}

static void keeps_the_decision_byte_for_byte(void **state)
{
    static const char DECISION[] = "{\"limit_fen\":1,\"outcome\":\"approve\"}";
    static const char LEAF[] = "{\"at\":\"\xe4\xb8\xad\"}";
    static const char NOTE[] = "a\n1\n\n\xe2\x80\x94 a b\n";
    const struct proof proof = {.index = 7, .checkpoint = {(const uint8_t *)NOTE, sizeof NOTE - 1}};
    struct buffer json = {0};
    (void)state;

    assessment_encode_begin(ID, (struct bytes){(const uint8_t *)DECISION, sizeof DECISION - 1}, &json);
    assessment_encode_end((struct bytes){(const uint8_t *)LEAF, sizeof LEAF - 1}, &proof, &json);
    assert_true(canonical_json_is_canonical(buffer_bytes(&json)));
    assert_non_null(strstr((const char *)json.data, DECISION));
    assert_non_null(strstr((const char *)json.data, ",\"id\":\"" ID "\",\"leaf\":\"{\\\"at\\\":\\\"\xe4\xb8\xad\\\"}\""));
    assert_non_null(strstr((const char *)json.data, ",\"log_index\":7,\"proof\":\"c2sp.org/tlog-proof@v1\\nindex 7\\n\\na\\n1\\n"));

    buffer_clear(&json);
    assessment_encode_record((struct bytes){(const uint8_t *)LEAF, sizeof LEAF - 1}, &proof, &json);
    assert_true(canonical_json_is_canonical(buffer_bytes(&json)));
    buffer_done(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_an_assessment_by_organisation_and_nonce),
        cmocka_unit_test(finds_nothing_under_what_is_no_id),
        cmocka_unit_test(keeps_the_decision_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
