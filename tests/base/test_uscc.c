#include "base/uscc.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define ALPHABET "0123456789ABCDEFGHJKLMNPQRTUWXY"
#define LENGTH_MESSAGE "USCC does not have 18 characters"
#define CHECK_MESSAGE "USCC check character does not match"
#define ORGANISATION_CHECK_MESSAGE "check character of the organisation code in the USCC does not match"

static bool is_accepted(const char *text)
{
    struct uscc id;
    struct zcd_error err;
    return uscc_parse(text, &id, &err) == ZCD_OK;
}

/* The message's beginning that a kind of vector must be refused with; NULL: it must be accepted. */
static const char *message_of(const char *expected)
{
    static const struct {
        const char *expected, *message;
    } kinds[] = {
        {"valid", NULL}, {"pilot", NULL}, {"length", LENGTH_MESSAGE}, {"character", "USCC character "},
        {"check", CHECK_MESSAGE}, {"organisation_check", ORGANISATION_CHECK_MESSAGE},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(expected, kinds[i].expected) == 0)
            return kinds[i].message;
    }
    fail_msg("unknown kind of vector: %s", expected);
    return NULL;
}

typedef void (*vector_visitor)(const char *expected, const char *code);

/* Call visit for every row of the vectors; returns how many. */
static int each_vector(vector_visitor visit)
{
    char line[512];
    int rows = 0;

    FILE *file = fopen(ZCD_SOURCE_DIR "/tests/vectors/base/uscc_vectors.csv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || strncmp(line, "expected,", 9) == 0)
            continue;
        char *code = strchr(line, ',');
        assert_non_null(code);
        *code++ = '\0';
        code[strcspn(code, ",")] = '\0';
        visit(line, code);
        rows++;
    }
    (void)fclose(file);
    return rows;
}

static void check_vector(const char *expected, const char *code)
{
    const char *message = message_of(expected);
    struct uscc id = {"untouched"};
    struct zcd_error err;

    if (message == NULL) {
        if (uscc_parse(code, &id, &err) != ZCD_OK)
            fail_msg("%s is refused: %s", code, err.message);
        assert_string_equal(id.text, code);
        return;
    }
    if (uscc_parse(code, &id, &err) != ZCD_INVALID || strncmp(err.message, message, strlen(message)) != 0)
        fail_msg("%s is not refused as expected (%s)", code, expected);
    assert_string_equal(id.text, "untouched");
}

static void agrees_with_every_published_vector(void **state)
{
    (void)state;
    assert_int_equal(each_vector(check_vector), 224 + 5 + 11);
}

static void check_all_slips(const char *expected, const char *code)
{
    if (strcmp(expected, "valid") != 0)
        return;
    for (size_t i = 0; i < USCC_LENGTH; i++) {
        char text[USCC_LENGTH + 1];

        memcpy(text, code, sizeof text);
        for (const char *c = ALPHABET; *c != '\0'; c++) {
            text[i] = *c;
            if (is_accepted(text) != (*c == code[i]))
                fail_msg("%s with %c at %zu", code, *c, i + 1);
        }
    }
}

/* 31 is prime, so no single wrong character may pass. 224 codes of 18 * 31 cases: try them all. */
static void catches_every_single_character_slip(void **state)
{
    (void)state;
    (void)each_vector(check_all_slips);
}

static void refuses_every_byte_outside_the_alphabet(void **state)
{
    (void)state;
    for (int byte = 1; byte <= UINT8_MAX; byte++) {
        for (size_t i = 0; i < USCC_LENGTH; i++) {
            char text[] = "91110000600037341L";
            struct uscc id;
            struct zcd_error err;
            char message[64];

            if (strchr(ALPHABET, byte) != NULL)
                continue;
            text[i] = (char)byte;
            (void)snprintf(message, sizeof message, "USCC character %zu is outside the alphabet", i + 1);
            assert_int_equal(uscc_parse(text, &id, &err), ZCD_INVALID);
            assert_string_equal(err.message, message);
        }
    }
}

static void gives_the_first_reason(void **state)
{
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"", LENGTH_MESSAGE},
        {"9111000060003734O", LENGTH_MESSAGE},
        {"91110000600037341L ", LENGTH_MESSAGE},
        {"91110000600O37341X", "USCC character 12 is outside the alphabet"},
        {"91110000600037341l", "USCC character 18 is outside the alphabet"},
        {"19110000600037341L", CHECK_MESSAGE},
        {"123456789012345678", ORGANISATION_CHECK_MESSAGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct uscc id;
        struct zcd_error err;

        assert_int_equal(uscc_parse(refused[i].text, &id, &err), ZCD_INVALID);
        assert_string_equal(err.message, refused[i].message);
    }
}

static enum uscc_body body_of(const char *text)
{
    struct uscc id;
    struct zcd_error err;

    assert_int_equal(uscc_parse(text, &id, &err), ZCD_OK);
    return uscc_body(&id);
}

static void tells_the_kind_of_body_by_the_first_two_characters(void **state)
{
    (void)state;
    assert_int_equal(body_of("121200004013590816"), USCC_BODY_PUBLIC_INSTITUTION);
    assert_int_equal(body_of("51440300MJL1712376"), USCC_BODY_SOCIAL_ASSOCIATION);
    assert_int_equal(body_of("52440300MJL186084F"), USCC_BODY_SOCIAL_SERVICE_INSTITUTION);
    assert_int_equal(body_of("531000005000160090"), USCC_BODY_FOUNDATION);
    assert_int_equal(body_of("91110108551385082Q"), USCC_BODY_ENTERPRISE);
    assert_int_equal(body_of("91350100M0001TGQXM"), USCC_BODY_ENTERPRISE); /* of the pilot list */
    assert_int_equal(body_of("G1610000713522976L"), USCC_BODY_OTHER);
    assert_int_equal(uscc_body(&(struct uscc){"11"}), USCC_BODY_STATE_ORGAN);
    assert_int_equal(uscc_body(&(struct uscc){"13"}), USCC_BODY_MASS_ORGANISATION);
    assert_int_equal(uscc_body(&(struct uscc){"92"}), USCC_BODY_OTHER);
}

static void equal_means_all_characters(void **state)
{
    struct uscc a = {"52440300MJL186084F"};
    struct uscc b = {"52440300MJL186084F"};
    struct uscc c = {"51440300MJL1712376"};

    (void)state;
    assert_true(uscc_equal(&a, &b));
    assert_false(uscc_equal(&a, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_every_published_vector),
        cmocka_unit_test(catches_every_single_character_slip),
        cmocka_unit_test(refuses_every_byte_outside_the_alphabet),
        cmocka_unit_test(gives_the_first_reason),
        cmocka_unit_test(tells_the_kind_of_body_by_the_first_two_characters),
        cmocka_unit_test(equal_means_all_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
