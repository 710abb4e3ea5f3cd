#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static void builds_the_pointer_from_the_inside_out(void **state)
{
    struct zcd_error err;

    (void)state;
    assert_int_equal(zcd_fail(&err, ZCD_INVALID, "amount is %d, below %d", 0, 1), ZCD_INVALID);
    assert_int_equal(err.code, ZCD_INVALID);
    assert_string_equal(err.pointer, "");
    assert_int_equal(zcd_fail_within(&err, "amount_fen"), ZCD_INVALID);
    assert_int_equal(zcd_fail_within_index(&err, 3), ZCD_INVALID);
    assert_int_equal(zcd_fail_within(&err, "instalments"), ZCD_INVALID);
    assert_string_equal(err.pointer, "/instalments/3/amount_fen");
    assert_string_equal(err.message, "amount is 0, below 1");
}

static void a_new_failure_forgets_the_old_pointer(void **state)
{
    struct zcd_error err;

    (void)state;
    (void)zcd_fail(&err, ZCD_INVALID, "first");
    (void)zcd_fail_within(&err, "a");
    assert_int_equal(zcd_fail(&err, ZCD_CONFLICT, "second"), ZCD_CONFLICT);
    assert_string_equal(err.pointer, "");
    assert_string_equal(err.message, "second");
}

/* RFC 6901 section 5 has the members "a/b", "m~n" and "". */
static void escapes_member_names_as_rfc_6901_says(void **state)
{
    static const struct {
        const char *member;
        const char *pointer;
    } cases[] = {
        {"foo", "/foo"}, {"", "/"}, {"a/b", "/a~1b"}, {"c%d", "/c%d"}, {"k\"l", "/k\"l"}, {" ", "/ "},
        {"m~n", "/m~0n"}, {"~1", "/~01"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zcd_error err;

        (void)zcd_fail(&err, ZCD_INVALID, "x");
        (void)zcd_fail_within(&err, cases[i].member);
        assert_string_equal(err.pointer, cases[i].pointer);
    }
}

static void an_over_long_pointer_loses_whole_segments_at_its_inner_end(void **state)
{
    struct zcd_error err;

    (void)state;
    (void)zcd_fail(&err, ZCD_INVALID, "x");
    for (int i = 0; i < 30; i++)
        (void)zcd_fail_within(&err, i < 5 ? "inner----" : "segment--"); /* ten bytes each */
    (void)zcd_fail_within(&err, "start");

    /* 255 bytes: "/start" takes 6, so 24 segments of 10 stay and the 25th would not fit whole. */
    assert_int_equal(strlen(err.pointer), 6 + 24 * 10);
    assert_memory_equal(err.pointer, "/start/segment--/segment--", 26);
    assert_null(strstr(err.pointer, "inner"));
}

static void a_pointer_that_just_fits_stays_whole(void **state)
{
    struct zcd_error err;
    char segment[255];

    (void)state;
    memset(segment, 'a', sizeof segment - 1);
    segment[254] = '\0';
    (void)zcd_fail(&err, ZCD_INVALID, "x");
    (void)zcd_fail_within(&err, segment);
    assert_int_equal(strlen(err.pointer), 255);
}

/* A client chooses member names: they may be longer than any pointer, and hold escapes and characters of 3 bytes. */
static void one_over_long_segment_is_cut_between_characters_and_escapes(void **state)
{
    struct zcd_error err;
    char slashes[400];
    char chinese[3 * 100 + 1] = "";

    (void)state;
    memset(slashes, '/', sizeof slashes - 1);
    slashes[sizeof slashes - 1] = '\0';
    (void)zcd_fail(&err, ZCD_INVALID, "x");
    (void)zcd_fail_within(&err, "inner");
    (void)zcd_fail_within(&err, slashes);
    assert_int_equal(strlen(err.pointer), 1 + 127 * 2);
    assert_string_equal(err.pointer + 253, "~1");

    for (int i = 0; i < 100; i++)
        strcat(chinese, "政");
    (void)zcd_fail(&err, ZCD_INVALID, "x");
    (void)zcd_fail_within(&err, "ab");
    (void)zcd_fail_within(&err, chinese);
    assert_int_equal(strlen(err.pointer), 1 + 84 * 3); /* 84 characters are 252 bytes; a third of the next is gone */
    assert_string_equal(err.pointer + 250, "政");
}

static void an_over_long_message_is_cut_between_characters(void **state)
{
    struct zcd_error err;
    char chinese[3 * 100 + 1] = "";

    (void)state;
    for (int i = 0; i < 100; i++)
        strcat(chinese, "采");
    (void)zcd_fail(&err, ZCD_INVALID, "a%s", chinese);
    assert_int_equal(strlen(err.message), 1 + 84 * 3);
    (void)zcd_fail(&err, ZCD_INVALID, "%s", chinese);
    assert_int_equal(strlen(err.message), 85 * 3);
}

static void every_code_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(zcd_code_name(ZCD_OK), "ok");
    assert_string_equal(zcd_code_name(ZCD_INVALID), "invalid");
    assert_string_equal(zcd_code_name(ZCD_NOT_FOUND), "not_found");
    assert_string_equal(zcd_code_name(ZCD_CONFLICT), "conflict");
    assert_string_equal(zcd_code_name(ZCD_UNAVAILABLE), "unavailable");
    assert_string_equal(zcd_code_name(ZCD_CORRUPT), "corrupt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_pointer_from_the_inside_out),
        cmocka_unit_test(a_new_failure_forgets_the_old_pointer),
        cmocka_unit_test(escapes_member_names_as_rfc_6901_says),
        cmocka_unit_test(an_over_long_pointer_loses_whole_segments_at_its_inner_end),
        cmocka_unit_test(a_pointer_that_just_fits_stays_whole),
        cmocka_unit_test(one_over_long_segment_is_cut_between_characters_and_escapes),
        cmocka_unit_test(an_over_long_message_is_cut_between_characters),
        cmocka_unit_test(every_code_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
