/*
 * fact_query.h - what a request for facts asks for: whose, of which day, as known when, which page.
 *
 * On a worker's thread.
 */
#ifndef API_ROUTES_FACT_QUERY_H
#define API_ROUTES_FACT_QUERY_H

#include "api/codec/fact_form.h"
#include "api/codec/json_writer.h"
#include "api/flows/disclosure.h"
#include "api/http/exchange.h"
#include "api/identity/authorisation.h"
#include "api/identity/caller.h"
#include "base/arena.h"
#include "base/error.h"
#include "contracts/fact_table_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* What stands in the path and behind it. Texts in the exchange's arena. */
struct fact_query {
    enum fact_form_number form;
    const char *uscc;   /* the organisation's key, decoded */
    const char *lender; /* named in the query; NULL: none */
    struct date as_of;  /* today in Shanghai, when not said */
    int64_t known_at_us;
    const char *key; /* of one fact (FACT_SQL_KEY); NULL: of a list */
    const char *beginning;
    const char *after_lender, *after_key;
    int32_t limit;
    bool wants_history, wants_parts;
};

/*
 * Read path and query. The path's parameters are {uscc}, {collection} and {key}, or {uscc} alone: the organisation itself.
 *
 * ZCD_NOT_FOUND: there is no such collection, or the key can be nobody's; ZCD_INVALID with the parameter.
 */
enum zcd_code fact_query_read(struct http_exchange *exchange, bool is_list, struct fact_query *query,
                              struct zcd_error *err) ZCD_MUST_USE;

/*
 * Whose facts of this form the caller may see: those of all lenders, or those of its own.
 *   lender  out  NULL: of all
 * ZCD_NOT_FOUND, in the words for an organisation that nobody knows: none, or the lender knows nothing of it.
 */
enum zcd_code fact_query_confine(const struct caller *caller, struct db *db, const char *uscc, enum fact_form_number form,
                                 const char **lender, struct zcd_error *err) ZCD_MUST_USE;

/* The scope of an authorisation that opens a form. */
enum authorisation_scope fact_query_scope(enum fact_form_number form);

/* The question that the query asks the form's table, of this lender's facts (NULL: of all). */
struct fact_question fact_query_question(const struct fact_query *query, const char *lender);

/* Does showing this lender's facts of the organisation disclose them? Then *disclosed says whose, and 1 comes back; else 0. */
size_t fact_query_discloses(const struct caller *caller, const char *uscc, const char *lender, struct disclosed *disclosed);

/* A limit and a cursor as they came, NULL where they did not; two texts are the place of the last one on the page before. */
enum zcd_code fact_query_limit(const char *text, int32_t *limit, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code fact_query_cursor(const char *text, struct arena *arena, const char **first, const char **second,
                                struct zcd_error *err) ZCD_MUST_USE;
void fact_query_write_next(struct json_writer *writer, bool has_more, const char *first, const char *second,
                           struct arena *arena);

#endif
