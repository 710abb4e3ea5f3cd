#include "base/error_list.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static size_t kept_max(const struct error_list *list)
{
    return list->arena == NULL ? 1 : ERRORS_MAX;
}

bool error_list_is_full(const struct error_list *list)
{
    return list->count >= kept_max(list);
}

static size_t kept_count(const struct error_list *list)
{
    return error_list_is_full(list) ? kept_max(list) : list->count;
}

static const struct zcd_error *kept(const struct error_list *list, size_t index)
{
    return index == 0 ? &list->first : &list->others[index - 1];
}

/* Put the way from the document to the place in front of the error's pointer. */
static void put_place(const struct error_place *place, struct zcd_error *error)
{
    for (; place->outer != NULL; place = place->outer) {
        if (place->row != SIZE_MAX)
            (void)zcd_fail_within_index(error, place->row);
        if (place->member != NULL)
            (void)zcd_fail_within(error, place->member);
    }
}

/* The error with the pointer that it has in the document. */
static struct zcd_error located(const struct error_place *place, const char *member, const struct zcd_error *error)
{
    struct zcd_error whole = *error;

    zcd_error_keep_first(&whole);
    if (member != NULL)
        (void)zcd_fail_within(&whole, member);
    put_place(place, &whole);
    return whole;
}

/* Is one pointer the other, or that of something in which the other lies? */
static bool holds(const char *outer, const char *inner)
{
    size_t size = strlen(outer);
    return strncmp(outer, inner, size) == 0 && (inner[size] == '\0' || inner[size] == '/');
}

static bool is_refused(const struct error_list *list, const char *pointer)
{
    for (size_t i = kept_count(list); i-- > 0;) { /* mostly one of the last */
        if (holds(kept(list, i)->pointer, pointer) || holds(pointer, kept(list, i)->pointer))
            return true;
    }
    return false;
}

static void keep(struct error_list *list, const struct zcd_error *error)
{
    if (list->count == 0) {
        list->first = *error;
    } else {
        if (list->others == NULL)
            list->others = ARENA_NEW(list->arena, struct zcd_error, ERRORS_MAX - 1);
        list->others[list->count - 1] = *error;
    }
    list->count++;
}

void error_add_error(const struct error_place *place, const char *member, const struct zcd_error *error)
{
    struct error_list *list = place->list;

    if (error_list_is_full(list)) {
        list->count++;
        return;
    }
    struct zcd_error whole = located(place, member, error);
    if (!is_refused(list, whole.pointer))
        keep(list, &whole);
}

void error_list_add_all(const struct error_place *place, const struct error_list *list)
{
    for (size_t i = 0; i < kept_count(list); i++)
        error_add_error(place, NULL, kept(list, i));
    place->list->count += list->count - kept_count(list);
}

void error_add(const struct error_place *place, const char *member, const char *format, ...)
{
    struct zcd_error error;
    va_list values;

    if (error_list_is_full(place->list)) {
        place->list->count++;
        return;
    }
    va_start(values, format);
    (void)zcd_fail_with(&error, ZCD_INVALID, format, values);
    va_end(values);
    error_add_error(place, member, &error);
}

bool error_place_is_sound(const struct error_place *place, const char *member)
{
    if (place->list->count == 0)
        return true;
    if (error_list_is_full(place->list))
        return false;

    const struct zcd_error nowhere = {.code = ZCD_INVALID};
    return !is_refused(place->list, located(place, member, &nowhere).pointer);
}

bool error_place_are_sound(const struct error_place *place, const char *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!error_place_is_sound(place, members[i]))
            return false;
    }
    return true;
}

enum zcd_code error_list_refuse(const struct error_list *list, struct zcd_error *err)
{
    if (list->count == 0)
        return ZCD_OK;
    *err = list->first;
    err->others = list->others;
    err->other_count = kept_count(list) - 1;
    err->left_out_count = list->count - kept_count(list);
    return err->code;
}
