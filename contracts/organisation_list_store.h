/*
 * organisation_list_store.h - which organisations there are, each as each lender knows it: the list before anybody's facts.
 *
 * Crosses organisations, so who asks says whose it may see. Thread: that of the connection.
 */
#ifndef CONTRACTS_ORGANISATION_LIST_STORE_H
#define CONTRACTS_ORGANISATION_LIST_STORE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* Texts are borrowed; NULL where it does not matter, but for the two of `after`. */
struct organisation_search {
    bool sees_all;                            /* organisations of every lender */
    const char *lender;                       /* else: those that this lender brought, */
    const char *const *organisations;         /* and these, whoever brought them */
    size_t organisation_count;
    const char *beginning;                    /* of the organisation's key */
    const char *name;                         /* stands somewhere in the name */
    struct date as_of;
    const char *after_uscc, *after_lender;    /* of the last one on the page before; "" for the first page */
    int32_t limit;
};

/* Texts live in the arena; "" what is not known. */
struct organisation_item {
    const char *uscc, *lender, *name, *kind, *region, *registration_status;
};

/* In the order of organisation and lender. ZCD_UNAVAILABLE, ZCD_CORRUPT. */
enum zcd_code organisation_list_store_find(struct db *db, const struct organisation_search *search, struct arena *arena,
                                           struct organisation_item **items, size_t *count,
                                           struct zcd_error *err) ZCD_MUST_USE;

/* Has this lender (NULL: has any) ever said anything of the organisation or its contracts, or brought a statement of its bank? */
enum zcd_code organisation_list_store_knows(struct db *db, const char *uscc, const char *lender, bool *knows,
                                            struct zcd_error *err) ZCD_MUST_USE;

#endif
