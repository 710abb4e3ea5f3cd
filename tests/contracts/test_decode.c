/* The table-driven decoder by itself: every type of field, present, missing and wrong. */
#include "api/codec/decode.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

enum colour { COLOUR_NONE = 0, COLOUR_RED = 1, COLOUR_BLUE = 2 };

static const struct codelist_row COLOUR_ROWS[] = {{1, "red", "", ""}, {2, "blue", "", ""}};
static const struct codelist COLOURS = {COLOUR_ROWS, COUNT_OF(COLOUR_ROWS)};

struct inner {
    int64_t bound;
    int32_t step;
    const char *label;
};

struct outer {
    bool is_on;
    bool is_wanted;
    int32_t small;
    int64_t large;
    const char *text;
    struct date on;
    struct uscc uscc;
    struct region region;
    enum colour colour;
    struct inner inside;
    const struct inner *apart;
    const struct inner *many;
    size_t many_count;
    const int64_t *numbers;
    size_t number_count;
    const enum colour *colours;
    size_t colour_count;
    const char *const *texts;
    size_t text_count;
};

static const struct decode_field INNER_FIELDS[] = {
    DECODE_INT64_OR(struct inner, bound, INT64_MAX, -5, 5),
    DECODE_INT32_OR(struct inner, step, 3, 0, 9),
    DECODE_TEXT(struct inner, label, OPTIONAL),
};
static const struct decode_object INNER = DECODE_OBJECT_OF(struct inner, INNER_FIELDS);

static const struct decode_field OUTER_FIELDS[] = {
    DECODE_BOOL(struct outer, is_on, OPTIONAL),
    DECODE_BOOL_OR(struct outer, is_wanted, true),
    DECODE_INT32(struct outer, small, OPTIONAL, -1, 10),
    DECODE_INT64(struct outer, large, REQUIRED, 0, DECODE_INTEGER_MAX),
    DECODE_TEXT(struct outer, text, OPTIONAL),
    DECODE_DATE(struct outer, on, OPTIONAL),
    DECODE_USCC(struct outer, uscc, OPTIONAL),
    DECODE_REGION(struct outer, region, OPTIONAL),
    DECODE_CODE(struct outer, colour, OPTIONAL, COLOURS),
    DECODE_OBJECT(struct outer, inside, OPTIONAL, INNER),
    DECODE_OBJECT_POINTER(struct outer, apart, OPTIONAL, INNER),
    DECODE_OBJECTS(struct outer, many, many_count, OPTIONAL, INNER),
    DECODE_INTEGERS(struct outer, numbers, number_count, OPTIONAL, 1, 100),
    DECODE_CODES(struct outer, colours, colour_count, OPTIONAL, COLOURS),
    DECODE_TEXTS(struct outer, texts, text_count, OPTIONAL),
    DECODE_IGNORED("comment"),
};
static const struct decode_object OUTER = DECODE_OBJECT_OF(struct outer, OUTER_FIELDS);

static enum zcd_code decode(const char *json, struct arena *arena, struct outer **outer, struct zcd_error *err)
{
    void *made = NULL;
    enum zcd_code code = decode_document(bytes_of_text(json), &OUTER, arena, &made, err);
    if (code == ZCD_OK)
        *outer = made;
    return code;
}

static void reads_every_type_in_any_order(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    struct outer *outer = NULL;

    assert_int_equal(
        decode("{\"comment\": [{\"any\": 1.5}], \"texts\": [\"a\", \"\"], \"colours\": [\"blue\", \"red\"], \"numbers\": [7, 100],"
               "\"many\": [{}, {\"bound\": -5, \"label\": \"x\"}], \"apart\": {\"step\": 9}, \"inside\": {\"bound\": 5},"
               "\"colour\": \"blue\", \"region\": \"440307\", \"uscc\": \"52440300MJL186084F\", \"on\": \"1970-01-02\","
               "\"text\": \"t\", \"large\": 9007199254740992, \"small\": -1, \"is_wanted\": false, \"is_on\": true}",
               &arena, &outer, &err),
        ZCD_OK);
    assert_true(outer->is_on);
    assert_false(outer->is_wanted);
    assert_int_equal(outer->small, -1);
    assert_true(outer->large == INT64_C(9007199254740992));
    assert_string_equal(outer->text, "t");
    assert_int_equal(outer->on.days, 1);
    assert_string_equal(outer->uscc.text, "52440300MJL186084F");
    assert_string_equal(outer->region.code, "440307");
    assert_int_equal(outer->colour, COLOUR_BLUE);
    assert_true(outer->inside.bound == 5);
    assert_int_equal(outer->inside.step, 3);
    assert_int_equal(outer->apart->step, 9);
    assert_true(outer->apart->bound == INT64_MAX);
    assert_int_equal(outer->many_count, 2);
    assert_true(outer->many[0].bound == INT64_MAX);
    assert_string_equal(outer->many[0].label, "");
    assert_true(outer->many[1].bound == -5);
    assert_string_equal(outer->many[1].label, "x");
    assert_int_equal(outer->number_count, 2);
    assert_true(outer->numbers[0] == 7 && outer->numbers[1] == 100);
    assert_int_equal(outer->colour_count, 2);
    assert_true(outer->colours[0] == COLOUR_BLUE && outer->colours[1] == COLOUR_RED);
    assert_int_equal(outer->text_count, 2);
    assert_string_equal(outer->texts[0], "a");
    assert_string_equal(outer->texts[1], "");
    arena_done(&arena);
}

static void assert_all_missing(const struct outer *outer)
{
    assert_false(outer->is_on);
    assert_true(outer->is_wanted);
    assert_int_equal(outer->small, 0);
    assert_string_equal(outer->text, "");
    assert_true(date_is_none(outer->on));
    assert_string_equal(outer->uscc.text, "");
    assert_string_equal(outer->region.code, "");
    assert_int_equal(outer->colour, COLOUR_NONE);
    assert_true(outer->inside.bound == INT64_MAX);
    assert_int_equal(outer->inside.step, 3);
    assert_string_equal(outer->inside.label, "");
    assert_null(outer->apart);
    assert_null(outer->many);
    assert_int_equal(outer->many_count, 0);
    assert_null(outer->numbers);
    assert_null(outer->colours);
    assert_null(outer->texts);
}

static void gives_what_is_missing_or_null_its_declared_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct zcd_error err;
    struct outer *outer = NULL;

    assert_int_equal(decode("{\"large\": 0}", &arena, &outer, &err), ZCD_OK);
    assert_all_missing(outer);
    assert_int_equal(decode("{\"large\": 0, \"is_on\": null, \"is_wanted\": null, \"small\": null, \"text\": null, \"on\": null,"
                            "\"uscc\": null, \"region\": null, \"colour\": null, \"inside\": null, \"apart\": null, \"many\": null,"
                            "\"numbers\": null, \"colours\": null, \"texts\": null, \"comment\": null}",
                            &arena, &outer, &err),
                     ZCD_OK);
    assert_all_missing(outer);
    arena_done(&arena);
}

static void refuses_with_the_pointer_of_the_culprit(void **state)
{
    (void)state;
    static const struct {
        const char *json, *pointer, *message;
    } cases[] = {
        {"{}", "/large", "required member is missing"},
        {"{\"large\": null}", "/large", "is null, not an integer"},
        {"{\"large\": -1}", "/large", "is -1, not within 0 to 9007199254740992"},
        {"{\"large\": 9007199254740993}", "/large", "larger than 2^53 in size"},
        {"{\"small\": 11}", "/small", "is 11, not within -1 to 10"},
        {"{\"small\": 4294967296}", "/small", "is 4294967296, not within -1 to 10"},
        {"{\"is_on\": 0}", "/is_on", "is an integer, not true or false"},
        {"{\"colour\": \"green\"}", "/colour", "is not one of: red, blue"},
        {"{\"colours\": [\"red\", \"green\"]}", "/colours/1", "is not one of: red, blue"},
        {"{\"colours\": \"red\"}", "/colours", "is a text, not an array"},
        {"{\"numbers\": [1, 0]}", "/numbers/1", "is 0, not within 1 to 100"},
        {"{\"numbers\": [1, 2.0]}", "/numbers/1", "is a number with fraction or exponent, not an integer"},
        {"{\"texts\": [\"a\", null]}", "/texts/1", "is null, not a text"},
        {"{\"many\": [{}, {\"bound\": 6}]}", "/many/1/bound", "is 6, not within -5 to 5"},
        {"{\"many\": [null]}", "/many/0", "is null, not an object"},
        {"{\"inside\": {\"nothing\": 1}}", "/inside/nothing", "unknown member"},
        {"{\"apart\": []}", "/apart", "is an array, not an object"},
        {"{\"\": 1}", "/", "unknown member"},
        {"{\"Large\": 1}", "/Large", "unknown member"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena = {0};
        struct zcd_error err = {0};
        struct outer *outer = NULL;

        assert_int_equal(decode(cases[i].json, &arena, &outer, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, cases[i].pointer);
        assert_string_equal(err.message, cases[i].message);
        assert_null(outer);
        arena_done(&arena);
    }
}

/* A list too long for the message ends at a whole name. */
static void cuts_a_long_list_of_codes(void **state)
{
    (void)state;
    static const struct codelist_row rows[] = {
        {1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", ""},
        {2, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "", ""},
        {3, "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "", ""},
        {4, "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "", ""},
    };
    static const struct codelist list = {rows, COUNT_OF(rows)};
    struct one {
        enum colour colour;
    };
    static const struct decode_field fields[] = {DECODE_CODE(struct one, colour, REQUIRED, list)};
    static const struct decode_object object = DECODE_OBJECT_OF(struct one, fields);
    struct arena arena = {0};
    struct zcd_error err;
    void *made = NULL;

    assert_int_equal(decode_document(bytes_of_text("{\"colour\": \"e\"}"), &object, &arena, &made, &err), ZCD_INVALID);
    assert_string_equal(err.message, "is not one of: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
                                     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ...");
    arena_done(&arena);
}

static void goes_on_after_what_it_refuses(void **state)
{
    static const struct {
        const char *pointer, *message;
    } wanted[] = {
        {"/small", "is a text, not an integer"},
        {"/colour", "is not one of: red, blue"},
        {"/many/0", "is an integer, not an object"},
        {"/many/1/bound", "is 6, not within -5 to 5"},
        {"/many/1/other", "unknown member"},
        {"/numbers/1", "is 101, not within 1 to 100"},
        {"/texts/0", "is null, not a text"},
        {"/large", "required member is missing"},
    };
    struct arena arena = {0};
    struct zcd_error err;
    struct outer *outer = NULL;
    (void)state;

    assert_int_equal(decode("{\"small\": \"1\", \"colour\": \"grey\", \"many\": [1, {\"bound\": 6, \"other\": 0}],"
                            " \"numbers\": [1, 101], \"texts\": [null, \"a\"]}",
                            &arena, &outer, &err),
                     ZCD_INVALID);
    assert_null(outer);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && i <= err.other_count; i++) {
        const struct zcd_error *one = i == 0 ? &err : &err.others[i - 1];
        assert_string_equal(one->pointer, wanted[i].pointer);
        assert_string_equal(one->message, wanted[i].message);
    }
    assert_int_equal(err.other_count + 1, sizeof wanted / sizeof *wanted);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type_in_any_order),
        cmocka_unit_test(gives_what_is_missing_or_null_its_declared_value),
        cmocka_unit_test(refuses_with_the_pointer_of_the_culprit),
        cmocka_unit_test(goes_on_after_what_it_refuses),
        cmocka_unit_test(cuts_a_long_list_of_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
