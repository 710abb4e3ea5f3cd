#include "api/routes/cursor.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

/* SHA-256 of "zhengcaidai cursor\n" and the position, its first eight bytes, by another program: python3's hashlib. */
#define CURSOR_OF_17 "f632633d47d3e4423137"

static void is_the_digest_and_the_position(void **state)
{
    char text[CURSOR_TEXT_SIZE];
    (void)state;

    assert_string_equal(cursor_format("17", text), CURSOR_OF_17);
    assert_string_equal(cursor_format_number(17, text), CURSOR_OF_17);
}

static void gives_back_any_position(void **state)
{
    char longest[CURSOR_POSITION_SIZE_MAX + 1];
    const char *const POSITIONS[] = {"0", "user-7", "合同一号", "\"%' \t\n", longest};
    (void)state;

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < sizeof POSITIONS / sizeof *POSITIONS; i++) {
        struct arena arena = {0};
        char text[CURSOR_TEXT_SIZE];
        const char *position = NULL;
        struct zcd_error err;
        assert_int_equal(cursor_parse(cursor_format(POSITIONS[i], text), &arena, &position, &err), ZCD_OK);
        assert_string_equal(position, POSITIONS[i]);
        arena_done(&arena);
    }
}

static void refuses_what_no_page_gave(void **state)
{
    char every[CURSOR_TEXT_SIZE], longest[CURSOR_TEXT_SIZE + 2];
    const char *const TEXTS[] = {"", "17", "3137", "-1", "user-7", CURSOR_OF_17 "00", CURSOR_OF_17 " ", longest};
    struct arena arena = {0};
    const char *position = NULL;
    struct zcd_error err;
    (void)state;

    memset(longest, '0', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        assert_int_equal(cursor_parse(TEXTS[i], &arena, &position, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, "/cursor");
        assert_null(position);
    }
    for (size_t i = 0; i < strlen(CURSOR_OF_17); i++) { /* each digit of it counts */
        memcpy(every, CURSOR_OF_17, sizeof CURSOR_OF_17);
        every[i] = every[i] == '0' ? '1' : '0';
        assert_int_equal(cursor_parse(every, &arena, &position, &err), ZCD_INVALID);
    }
    arena_done(&arena);
}

static void reads_none_where_none_is_given(void **state)
{
    const char *position = "as before";
    uint64_t number = 7;
    struct zcd_error err;
    (void)state;

    assert_int_equal(cursor_parse(NULL, NULL, &position, &err), ZCD_OK);
    assert_int_equal(cursor_parse_number(NULL, 10, &number, &err), ZCD_OK);
    assert_string_equal(position, "as before");
    assert_int_equal(number, 7);
}

static void holds_a_number_to_its_bound(void **state)
{
    char text[CURSOR_TEXT_SIZE];
    uint64_t number = 0;
    struct zcd_error err;
    (void)state;

    assert_int_equal(cursor_parse_number(cursor_format_number(17, text), 17, &number, &err), ZCD_OK);
    assert_int_equal(number, 17);
    assert_int_equal(cursor_parse_number(text, 16, &number, &err), ZCD_INVALID);
    assert_int_equal(cursor_parse_number(cursor_format("user-7", text), 100, &number, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/cursor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_digest_and_the_position), cmocka_unit_test(gives_back_any_position),
        cmocka_unit_test(refuses_what_no_page_gave),      cmocka_unit_test(reads_none_where_none_is_given),
        cmocka_unit_test(holds_a_number_to_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
