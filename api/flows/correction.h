/*
 * correction.h - a director says that a lender's fact about the own organisation is wrong; an officer of that lender accepts it, and
 * the fact is superseded, or refuses it, saying why. Filing, accepting and refusing are records each.
 *
 * Thread: preparing on a worker's; the rows are written on the log's writer's.
 */
#ifndef API_FLOWS_CORRECTION_H
#define API_FLOWS_CORRECTION_H

#include "api/codec/fact_statement.h"
#include "api/flows/fact_change.h"
#include "api/identity/caller.h"
#include "audit/log.h"
#include "contracts/correction_store.h"

#include <stdbool.h>

struct idempotency_row;

#define CORRECTION_COMMITMENTS 3

/* A filing or a refusal on its way; in its exchange's arena, untouched until done. */
struct correction {
    struct log_entry entry;
    struct commitment commitments[CORRECTION_COMMITMENTS];
    char id[CORRECTION_ID_SIZE];
    struct correction_row row; /* as it is once it is on record */
    bool is_refusal;
    uint64_t prior;            /* of a refusal: the record that filed it */
    /* Given by the caller. Called as log_entry's done. */
    struct idempotency_row *key; /* NULL: none */
    void (*done)(struct correction *correction, const struct zcd_error *err); /* err NULL: on record */
    void *user;
};

/* An acceptance: the change of the fact, and what it does to the correction. */
struct correction_acceptance {
    struct fact_change change;
    struct correction_row row;
    uint64_t prior;
    struct idempotency_row *key; /* NULL: none */
    void *user;
};

/*
 * Make the record by which a correction is filed.
 *
 *   now       in   what holds of the fact (fact_change_find)
 *   filing    in   as fact_filing_decode gave it
 */
enum zcd_code correction_prepare(const struct fact_named *fact, const struct fact_filing *filing,
                                 const struct fact_page *now, const struct caller *caller, struct arena *arena,
                                 struct correction *correction, struct zcd_error *err) ZCD_MUST_USE;

/* Make the record by which one is refused. ZCD_CONFLICT: it is decided on already. */
enum zcd_code correction_prepare_refusal(const struct correction_row *row, const char *reason, const struct caller *caller,
                                         struct arena *arena, struct correction *correction,
                                         struct zcd_error *err) ZCD_MUST_USE;

/*
 * Make the record by which one is accepted: that of the fact's change, which builds on the filing.
 *
 *   db     in   of the worker
 *   today  in   in Shanghai
 *
 * ZCD_CONFLICT: decided on already; the fact has changed since it was filed; what was proposed is erased, or does not fit the facts
 * any more. change.done and change.user are the caller's to set.
 */
enum zcd_code correction_prepare_acceptance(struct db *db, const struct correction_row *row, const struct caller *caller,
                                            struct date today, struct arena *arena,
                                            struct correction_acceptance *acceptance, struct zcd_error *err) ZCD_MUST_USE;

/* Hand a filing or a refusal to the log: log_submit. Through done, ZCD_CONFLICT: decided on already, or the key was used. */
enum zcd_code correction_submit(struct log *log, struct correction *correction, struct zcd_error *err) ZCD_MUST_USE;

/* Is an entry a filing or a refusal? Then its rows: see log_insert_rows. */
bool correction_is(const struct log_entry *entry);
enum zcd_code correction_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;

#endif
