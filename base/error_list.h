/*
 * error_list.h - all that is wrong in a document, found in one walk.
 *
 * A walk adds what it finds and goes on. Where it stands is told by places on its stack, which cost nothing until something is
 * wrong: each knows the one that it lies in.
 *
 *     struct error_list list = {.arena = arena};
 *     const struct error_place document = error_place_of(&list);
 *     const struct error_place contract = error_place_row(&document, "contracts", 3);
 *     error_add(&contract, "value_fen", "is %lld, below %lld", value_fen, min_fen);   - at /contracts/3/value_fen
 *     return error_list_refuse(&list, err);
 *
 * One place is refused once: what is found at, above or below a place that is refused already is left unsaid, since it says
 * the same again or follows from it. A rule between members asks error_place_is_sound of each before it judges. Pure.
 * Thread: one at a time.
 */
#ifndef BASE_ERROR_LIST_H
#define BASE_ERROR_LIST_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ERRORS_MAX 100 /* more are counted, not kept: whoever has corrected so many sends the document again */

/* Start with {.arena = ...}, where the errors are kept; without an arena only the first is, and the others are counted. */
struct error_list {
    struct arena *arena;
    size_t count; /* of all that were found */
    struct zcd_error first;
    struct zcd_error *others; /* up to ERRORS_MAX - 1 */
};

/* A member of the place that it lies in, or a row of such a member, or a row of the place itself. The texts are borrowed. */
struct error_place {
    struct error_list *list;
    const struct error_place *outer; /* NULL: this is the whole document */
    const char *member;              /* NULL: a row of `outer` itself */
    size_t row;                      /* SIZE_MAX: none */
};

static inline struct error_place error_place_of(struct error_list *list)
{
    return (struct error_place){.list = list, .row = SIZE_MAX};
}

static inline struct error_place error_place_member(const struct error_place *outer, const char *member)
{
    return (struct error_place){outer->list, outer, member, SIZE_MAX};
}

/* Row of an array that is a member, or with NULL of one that is the place itself. */
static inline struct error_place error_place_row(const struct error_place *outer, const char *member, size_t row)
{
    return (struct error_place){outer->list, outer, member, row};
}

/*
 * Refuse a member of a place as ZCD_INVALID.
 *   member  in  NULL: the place itself
 */
void error_add(const struct error_place *place, const char *member, const char *format, ...) ZCD_PRINTF(3, 4);

/* The same in the words of an error; its pointer is taken as one within the member. */
void error_add_error(const struct error_place *place, const char *member, const struct zcd_error *error);

/* The same for each error of another list, whose document is the place. */
void error_list_add_all(const struct error_place *place, const struct error_list *list);

/* Is nothing refused at, above or below the member, or with NULL the place? Not known, so no, once the list is full. */
bool error_place_is_sound(const struct error_place *place, const char *member);

/* Are all these members sound? ERROR_ALL_SOUND(place, "starts_on", "ends_on") */
bool error_place_are_sound(const struct error_place *place, const char *const *members, size_t count);
#define ERROR_ALL_SOUND(place, ...)                                                                                    \
    error_place_are_sound((place), (const char *const[]){__VA_ARGS__},                                                 \
                          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* As many as are kept are found: whoever could stop looking may. */
bool error_list_is_full(const struct error_list *list);

/* ZCD_OK where there is none, or else the first, the others with it. */
enum zcd_code error_list_refuse(const struct error_list *list, struct zcd_error *err) ZCD_MUST_USE;

#endif
