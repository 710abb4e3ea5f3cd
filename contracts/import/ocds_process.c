#include "contracts/import/ocds_process.h"

#include "base/date.h"
#include "contracts/import/ocds_merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)

/* -------------------------------------------------------------------------- dates */

static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* The digits behind the seconds' point; what is finer than microseconds is passed over. */
static int64_t fraction_us(const char *text)
{
    int64_t fraction = 0, unit = SECOND_US;

    if (*text != '.')
        return 0;
    for (text++; *text >= '0' && *text <= '9'; text++) {
        unit /= 10;
        fraction += (*text - '0') * unit;
    }
    return fraction;
}

/* "Z", "+08:00", "+0800", or nothing, which is taken for UTC. False when it is none of these. */
static bool parse_offset(const char *text, int64_t *second)
{
    *second = 0;
    if (*text != '+' && *text != '-')
        return *text == '\0' || strcmp(text, "Z") == 0;
    int hour = strlen(text) < 5 ? -1 : digits(text + 1, 2);
    int minute = hour < 0 ? -1 : digits(text + (text[3] == ':' ? 4 : 3), 2);
    if (minute < 0)
        return false;
    *second = (*text == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
    return true;
}

bool ocds_parse_instant(const char *text, int64_t *at_us)
{
    char day[DATE_TEXT_SIZE];
    struct date date;
    struct zcd_error unwanted;
    int64_t shift = 0;

    (void)snprintf(day, sizeof day, "%.10s", text);
    if (date_parse(day, &date, &unwanted) != ZCD_OK)
        return false;
    int64_t second = (int64_t)date.days * 86400;
    int64_t fraction = 0;
    if (strlen(text) >= 16) {
        bool has_seconds = text[16] == ':' && strlen(text) >= 19;
        int hour = digits(text + 11, 2), minute = digits(text + 14, 2), seconds = has_seconds ? digits(text + 17, 2) : 0;
        const char *rest = text + (has_seconds ? 19 : 16);
        if (hour < 0 || minute < 0 || seconds < 0 || !parse_offset(rest + strspn(rest, ".0123456789"), &shift))
            return false;
        fraction = fraction_us(rest);
        second += hour * 3600 + minute * 60 + seconds - shift;
    }
    *at_us = second * SECOND_US + fraction;
    return true;
}

/* ------------------------------------------------------------------------- merging */

static int compare_dated(const void *a, const void *b)
{
    const struct ocds_dated *left = a, *right = b;

    if (left->at_us != right->at_us)
        return left->at_us > right->at_us ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

static int compare_dated_backwards(const void *a, const void *b)
{
    const struct ocds_dated *left = a, *right = b;

    if (left->at_us != right->at_us)
        return left->at_us > right->at_us ? 1 : -1;
    return (left->number < right->number) - (left->number > right->number);
}

static json_t *merge_in_order(struct ocds_dated *dated, size_t count, int (*compare)(const void *, const void *))
{
    json_t **releases = malloc(count * sizeof *releases);

    if (releases == NULL)
        abort();
    qsort(dated, count, sizeof *dated, compare);
    for (size_t i = 0; i < count; i++)
        releases[i] = dated[i].release;
    json_t *merged = ocds_merge(releases, count, OCDS_MERGE_FIELDS);
    free(releases);
    return merged;
}

/* Who the parties are; what else is said of them decides nothing. */
static json_t *identifiers_of(const json_t *merged)
{
    json_t *made = json_array(), *party;
    size_t i;

    json_array_foreach(json_object_get(merged, "parties"), i, party) {
        json_t *kept = json_object();
        json_object_set(kept, "id", json_object_get(party, "id"));
        json_object_set(kept, "identifier", json_object_get(party, "identifier"));
        json_array_append_new(made, kept);
    }
    return made;
}

/* Do two merges say the same of what facts are read from? */
static bool is_same_process(const json_t *a, const json_t *b)
{
    static const char *const MEMBERS[] = {"buyer", "awards", "contracts"};
    json_t *own = identifiers_of(a), *others = identifiers_of(b);
    bool is_same = ocds_says_same(own, others);

    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        is_same = is_same && ocds_says_same(json_object_get(a, MEMBERS[i]), json_object_get(b, MEMBERS[i]));
    json_decref(own);
    json_decref(others);
    return is_same;
}

static bool has_equal_dates(const struct ocds_dated *dated, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (dated[i].at_us == dated[i - 1].at_us)
            return true;
    return false;
}

json_t *ocds_process_merge(struct ocds_dated *dated, size_t count, bool *is_clear)
{
    json_t *merged = merge_in_order(dated, count, compare_dated);

    *is_clear = true;
    if (has_equal_dates(dated, count)) {
        json_t *backwards = merge_in_order(dated, count, compare_dated_backwards);
        *is_clear = is_same_process(merged, backwards);
        json_decref(backwards);
    }
    return merged;
}
