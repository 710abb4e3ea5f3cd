/* Tables of comma-separated values: RFC 4180 and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/csv_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    arena = (struct arena){0};
    return 0;
}

static void numbers_and_texts_are_told_apart(void **state)
{
    struct csv_table table;
    struct zcd_error err;
    (void)state;
    assert_int_equal(csv_table_read(bytes_of_text("\xEF\xBB\xBF" "a,b,c\r\n1,x,\r\n-2.5e1,\"y, \"\"z\"\"\",7\n,x,8"), &arena, &table, &err), ZCD_OK);
    assert_int_equal(table.row_count, 3);
    assert_int_equal(table.column_count, 3);
    assert_string_equal(table.columns[0].name, "a");
    assert_true(table.columns[0].is_number);
    assert_true(table.columns[0].number[1] == -25);
    assert_true(isnan(table.columns[0].number[2]));
    assert_false(table.columns[1].is_number);
    assert_int_equal(table.columns[1].category_count, 2);
    assert_string_equal(table.columns[1].categories[1], "y, \"z\"");
    assert_int_equal(table.columns[1].category[2], 0);
    assert_true(isnan(table.columns[2].number[0]));
}

static void a_line_feed_in_quotes_belongs_to_the_cell(void **state)
{
    struct csv_table table;
    struct zcd_error err;
    (void)state;
    assert_int_equal(csv_table_read(bytes_of_text("a,b\n\"x\ny\",1\nz,2\n"), &arena, &table, &err), ZCD_OK);
    assert_int_equal(table.row_count, 2);
    assert_string_equal(table.columns[0].categories[0], "x\ny");
    /* and lines are still counted */
    assert_int_equal(csv_table_read(bytes_of_text("a,b\n\"x\ny\",1\nz\n"), &arena, &table, &err), ZCD_INVALID);
    assert_string_equal(err.message, "line 4: 1 cells, the heading has 2");
}

static void what_is_no_table_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } REFUSED[] = {
        {"", "a heading and at least one row are wanted"},
        {"a,b\n", "a heading and at least one row are wanted"},
        {"a,\n1,2\n", "line 1, column 2: the heading is empty"},
        {"a,a\n1,2\n", "line 1, column 2: the heading stands twice"},
        {"a,b\n1\n", "line 2: 1 cells, the heading has 2"},
        {"a,b\n1,2,3\n", "line 2: 3 cells, the heading has 2"},
        {"a,b\n1,\"2\n", "line 2, column 2: a quote does not end"},
        {"a,b\n1,2\"3\n", "line 2, column 2: a quote stands in the middle of a cell"},
        {"a,b\n1,\"2\"3\n", "line 2, column 2: something stands behind a cell's closing quote or a carriage return"},
        {"a,b\n1,2\r3\n", "line 2, column 2: something stands behind a cell's closing quote or a carriage return"},
        {"a,b\n1,\xFF\n", "the file is not UTF-8 text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct csv_table table;
        struct zcd_error err;
        assert_int_equal(csv_table_read(bytes_of_text(REFUSED[i].text), &arena, &table, &err), ZCD_INVALID);
        assert_string_equal(err.message, REFUSED[i].message);
    }
    struct csv_table table;
    struct zcd_error err;
    assert_int_equal(csv_table_read((struct bytes){(const uint8_t *)"a\n\0\n", 4}, &arena, &table, &err), ZCD_INVALID);
}

static void what_looks_like_a_number_to_c_alone_is_a_text(void **state)
{
    static const char *const TEXTS[] = {"0x10", "nan", "inf", "1e999", " 1", "1 ", "1,5", "--1", "1e", "+"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char text[64];
        struct csv_table table;
        struct zcd_error err;
        (void)snprintf(text, sizeof text, "a\n\"%s\"\n", TEXTS[i]);
        assert_int_equal(csv_table_read(bytes_of_text(text), &arena, &table, &err), ZCD_OK);
        assert_false(table.columns[0].is_number);
    }
}

/* head, then count times prefix, a number (where it is wanted) and suffix, then tail. */
static enum zcd_code read_repeated(const char *head, const char *prefix, const char *suffix, bool is_numbered, size_t count, const char *tail,
                                   struct zcd_error *err)
{
    struct buffer text = {0};
    struct csv_table table;
    buffer_append_text(&text, head);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&text, prefix);
        if (is_numbered)
            buffer_append_format(&text, "%zu", i);
        buffer_append_text(&text, suffix);
    }
    buffer_append_text(&text, tail);
    enum zcd_code code = csv_table_read(buffer_bytes(&text), &arena, &table, err);
    buffer_done(&text);
    return code;
}

static void every_size_has_its_bound(void **state)
{
    struct zcd_error err;
    (void)state;
    assert_int_equal(read_repeated("x", ",c", "", true, 999, "\n1\n", &err), ZCD_INVALID); /* a thousand columns, one cell */
    assert_string_equal(err.message, "line 2: 1 cells, the heading has 1000");
    assert_int_equal(read_repeated("x", ",c", "", true, 10000, "\n1\n", &err), ZCD_INVALID);
    assert_string_equal(err.message, "line 1, column 1001: more than 1000 columns");
    assert_int_equal(read_repeated("a\n", "t", "\n", true, 1000, "", &err), ZCD_OK);
    assert_int_equal(read_repeated("a\n", "t", "\n", true, 1001, "", &err), ZCD_INVALID);
    assert_string_equal(err.message, "column a has more than 1000 different texts");
    assert_int_equal(read_repeated("a\n", "1", "", false, 1001, "\n", &err), ZCD_INVALID);
    assert_string_equal(err.message, "line 2, column 1: a cell is longer than 1000 bytes");
    assert_int_equal(read_repeated("a\n", "1\n", "", false, 1000001, "", &err), ZCD_INVALID);
    assert_string_equal(err.message, "line 1000002, column 1: more than 1,000,000 rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(numbers_and_texts_are_told_apart, clear_arena),
        cmocka_unit_test_teardown(a_line_feed_in_quotes_belongs_to_the_cell, clear_arena),
        cmocka_unit_test_teardown(what_is_no_table_is_refused_with_its_place, clear_arena),
        cmocka_unit_test_teardown(what_looks_like_a_number_to_c_alone_is_a_text, clear_arena),
        cmocka_unit_test_teardown(every_size_has_its_bound, clear_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
