/*
 * fact_change.h - a person says how one fact is, or that it is no more: the fact, its import and the record in one transaction of the
 * log (kind correction). Nothing is overwritten; what was said before is superseded.
 *
 * Thread: preparing on a worker's; the rows are written on the log's writer's.
 */
#ifndef API_FLOWS_FACT_CHANGE_H
#define API_FLOWS_FACT_CHANGE_H

#include "api/codec/fact_statement.h"
#include "api/identity/caller.h"
#include "audit/log.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* Which fact. Texts are borrowed. */
struct fact_named {
    const struct fact_form *form;
    const char *uscc, *lender;
    const char *key; /* as the tables know it */
};

#define FACT_CHANGE_COMMITMENTS 3

/* One on its way; in its exchange's arena, untouched until done. */
struct fact_change {
    struct log_entry entry;
    struct commitment commitments[FACT_CHANGE_COMMITMENTS];
    struct fact_named fact;
    const char *actor;
    const void *row;
    int64_t seen_import; /* of what held when the person looked; 0: nothing did */
    int64_t import;      /* out: its number */
    bool is_busy;        /* out, on ZCD_CONFLICT: an import is being kept just now */
    bool is_old;         /* out, on ZCD_CONFLICT: the fact has changed since the person looked */
    bool is_known;       /* out, on ZCD_CONFLICT: that is what holds already */
    /* Given by the caller. Called as log_entry's done; further rows in the same transaction, NULL for none. */
    enum zcd_code (*insert_more)(struct db *db, struct fact_change *change, struct zcd_error *err);
    void (*done)(struct fact_change *change, const struct zcd_error *err); /* err NULL: on record */
    void *user;
};

/*
 * What holds of a fact today, as its lender knows it now.
 *   page  out  its count is 0 or 1; in the arena
 */
enum zcd_code fact_change_find(struct db *db, const struct fact_named *fact, struct date today, struct arena *arena,
                               struct fact_page *page, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Is all that a row refers to known to the lender: its contract, facility, milestone and payer? A removed one refers to nothing.
 * ZCD_INVALID with the pointer into the value of each that is not.
 */
enum zcd_code fact_change_check(struct db *db, const struct fact_named *fact, const void *row, struct date today,
                                struct arena *arena, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Make the record. Old and new value and the reason enter it as commitments.
 *
 *   now     in   what holds (fact_change_find)
 *   caller  in   of the fact's lender
 */
enum zcd_code fact_change_prepare(const struct fact_named *fact, const struct fact_statement *statement,
                                  const struct fact_page *now, const struct caller *caller, struct arena *arena,
                                  struct fact_change *change, struct zcd_error *err) ZCD_MUST_USE;

/* The name by which records call a fact: "visits/v1"; a key that is too long by its digest. In the arena. */
const char *fact_named_format(const struct fact_named *fact, struct arena *arena);

/* Hand it to the log: log_submit. */
enum zcd_code fact_change_submit(struct log *log, struct fact_change *change, struct zcd_error *err) ZCD_MUST_USE;

/* Is an entry one of these? Then its rows: see log_insert_rows. */
bool fact_change_is(const struct log_entry *entry);
enum zcd_code fact_change_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;

#endif
