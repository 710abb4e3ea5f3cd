/*
 * fact_write.h - facts with their sources as JSON, for the routes that show them.
 *
 * On a worker's thread.
 */
#ifndef API_ROUTES_FACT_WRITE_H
#define API_ROUTES_FACT_WRITE_H

#include "api/codec/json_writer.h"
#include "api/routes/fact_query.h"
#include "base/arena.h"

#include <stddef.h>

struct db;

/* One of a page. */
struct fact_shown {
    const struct fact_form *form;
    const char *uscc;
    const void *row;
    const struct fact_told *told;
};

/* Number i of a page of a form. */
struct fact_shown fact_shown_at(const struct fact_form *form, const char *uscc, const struct fact_page *page, size_t i);

/*
 * Write a fact as it holds, as an element of an array or as the whole document.
 *
 *   query  in   as of which day and known when its parts are wanted; NULL: without parts
 *   caller in   parts that it may not see are left out
 *
 * ZCD_UNAVAILABLE, ZCD_CORRUPT: of the parts.
 */
enum zcd_code fact_write(const struct fact_shown *fact, const struct fact_query *query, const struct caller *caller,
                         struct db *db, struct arena *arena, struct json_writer *writer, struct zcd_error *err) ZCD_MUST_USE;

/* Write what was once said of it, with what became of that. */
void fact_write_told(const struct fact_shown *fact, struct arena *arena, struct json_writer *writer);

#endif
