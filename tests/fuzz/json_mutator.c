/* One change to a JSON document: a number, a day, a text, a member, an element. Bytes are mutated where it is no JSON. */
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_EVERY = 16, CHANGES_MAX = 4 };

/* Edges of what amounts, rates, counts and days may be, and just past them. */
static const int64_t NUMBERS[] = {0, 1, -1, 2, 7, 8, 90, 91, 365, 366, 9999, 10000, 10001, 999999, 1000000, 1000001,
                                  INT64_C(4000000000000000), INT64_C(4000000000000001), INT64_C(9007199254740991),
                                  INT64_C(9007199254740992), -INT64_C(9007199254740991), INT64_MAX, INT64_MIN};
static const char *const DAYS[] = {"1989-12-31", "1990-01-01", "2000-02-29", "2019-12-31", "2020-01-01", "2020-02-29", "2020-10-19",
                                   "2020-12-31", "2021-02-28", "2021-02-29", "2024-02-29", "2100-02-28", "2150-12-31", "2151-01-01",
                                   "9999-12-31", "0001-01-01", ""};

struct chance {
    uint64_t state;
};

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016. */
static size_t below(struct chance *chance, size_t count)
{
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return count == 0 ? 0 : (size_t)((chance->state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % count;
}

static size_t count_values(const json_t *value)
{
    size_t count = 1;
    const char *key;
    json_t *member;
    size_t index;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, member)
            count += count_values(member);
    }
    if (json_is_array(value)) {
        json_array_foreach(value, index, member)
            count += count_values(member);
    }
    return count;
}

static json_t *another_number(struct chance *chance, json_int_t number)
{
    switch (below(chance, 6)) {
    case 0:
        return json_integer(number < INT64_MAX ? number + 1 : number);
    case 1:
        return json_integer(number > INT64_MIN ? number - 1 : number);
    case 2:
        return json_integer(number < INT64_MAX / 10 && number > INT64_MIN / 10 ? number * 10 : number);
    case 3:
        return json_integer(number / 2);
    default:
        return json_integer(NUMBERS[below(chance, sizeof NUMBERS / sizeof *NUMBERS)]);
    }
}

static bool is_day(const char *text)
{
    return strlen(text) == 10 && text[4] == '-' && text[7] == '-';
}

/* A day a little earlier or later in its digits, or one of the edges. */
static json_t *another_day(struct chance *chance, const char *text)
{
    char day[11];
    if (below(chance, 2) == 0)
        return json_string(DAYS[below(chance, sizeof DAYS / sizeof *DAYS)]);
    (void)snprintf(day, sizeof day, "%s", text);
    static const size_t DIGITS[] = {3, 5, 6, 8, 9};
    day[DIGITS[below(chance, 5)]] = (char)('0' + below(chance, 10));
    return json_string(day);
}

static json_t *another_text(struct chance *chance, const char *text)
{
    char changed[300];
    if (is_day(text))
        return another_day(chance, text);
    (void)snprintf(changed, sizeof changed, "%s", text);
    size_t size = strlen(changed);
    if (size == 0)
        return json_string("x");
    if (below(chance, 3) == 0)
        changed[below(chance, size)] = '\0';
    else
        changed[below(chance, size)] = (char)(' ' + below(chance, 94));
    json_t *value = json_string(changed); /* NULL where a character was cut in two */
    return value != NULL ? value : json_string("");
}

static json_t *another_value(struct chance *chance, const json_t *value)
{
    if (below(chance, 32) == 0)
        return json_null();
    if (json_is_integer(value))
        return another_number(chance, json_integer_value(value));
    if (json_is_string(value))
        return another_text(chance, json_string_value(value));
    if (json_is_boolean(value))
        return json_boolean(!json_is_true(value));
    return json_deep_copy(value);
}

static void change_array(struct chance *chance, json_t *array)
{
    size_t count = json_array_size(array);
    size_t at = below(chance, count);
    if (count == 0)
        return;
    switch (below(chance, 3)) {
    case 0:
        (void)json_array_remove(array, at);
        break;
    case 1:
        (void)json_array_append_new(array, json_deep_copy(json_array_get(array, at)));
        break;
    default:
        (void)json_array_insert_new(array, 0, json_deep_copy(json_array_get(array, count - 1)));
    }
}

static void change_object(struct chance *chance, json_t *object)
{
    const char *key;
    json_t *member;
    size_t at = below(chance, json_object_size(object));
    json_object_foreach(object, key, member) {
        if (at-- == 0) {
            (void)json_object_del(object, key);
            return;
        }
    }
}

/* Walk to the value with this number, in document order, and change it where it stands. */
static bool change_at(struct chance *chance, json_t *value, size_t *number)
{
    const char *key;
    json_t *member;
    size_t index;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) {
            if ((*number)-- == 0) {
                if (json_is_object(member) && below(chance, 4) == 0)
                    change_object(chance, member);
                else if (json_is_array(member))
                    change_array(chance, member);
                else
                    (void)json_object_set_new(value, key, another_value(chance, member));
                return true;
            }
            if (change_at(chance, member, number))
                return true;
        }
    }
    if (json_is_array(value)) {
        json_array_foreach(value, index, member) {
            if ((*number)-- == 0) {
                if (json_is_object(member))
                    change_object(chance, member);
                else
                    (void)json_array_set_new(value, index, another_value(chance, member));
                return true;
            }
            if (change_at(chance, member, number))
                return true;
        }
    }
    return false;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    struct chance chance = {seed * UINT64_C(0x9E3779B97F4A7C15) | 1};
    json_t *document = below(&chance, BYTES_EVERY) == 0 ? NULL : json_loadb((const char *)data, size, 0, NULL);
    if (document == NULL)
        return LLVMFuzzerMutate(data, size, size_max);
    for (size_t changes = 1 + below(&chance, CHANGES_MAX); changes > 0; changes--) {
        size_t number = below(&chance, count_values(document));
        (void)change_at(&chance, document, &number);
    }
    size_t written = json_dumpb(document, (char *)data, size_max, JSON_COMPACT);
    json_decref(document);
    return written > 0 && written <= size_max ? written : LLVMFuzzerMutate(data, size, size_max);
}
