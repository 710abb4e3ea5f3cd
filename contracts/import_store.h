/*
 * import_store.h - every change of facts, one row each: who brought what, from which file; and taking an import back.
 *
 * All of it runs in the transaction of the facts, which the caller owns. Imports of one lender follow one another: who opens one
 * waits for the one before to be committed. Thread: that of the connection.
 */
#ifndef CONTRACTS_IMPORT_STORE_H
#define CONTRACTS_IMPORT_STORE_H

#include "base/arena.h"
#include "contracts/fact_table_store.h"

#define IMPORT_SHA256_SIZE 32

/* One import as it is kept. Texts that were not given are NULL. */
struct import_row {
    int64_t id;
    const char *kind; /* dossier, ocds, statement, notice, correction, withdrawal, matching */
    int64_t recorded_at_us;
    const char *actor;
    const char *file_name;
    bool has_file;
    uint8_t file_sha256[IMPORT_SHA256_SIZE];
    int64_t fact_count;
    int64_t withdraws;    /* the import taken back; 0 in every kind but withdrawal */
    int64_t withdrawn_by; /* 0: stands */
    int64_t matches;      /* of a matching: the import of the statement whose receipts it matches again; else 0 */
};

/*
 * Take the lender's turn until the transaction's end; import_store_begin does so too. Who takes the time after this, for begin, lets
 * readers be certain (import_store_check_settled): nothing becomes known at an instant that had passed before the turn was taken.
 *
 *   is_busy  out  NULL: wait for it; else do not wait
 *
 * ZCD_CONFLICT, with is_busy: another import has the turn just now. ZCD_UNAVAILABLE.
 */
enum zcd_code import_store_take_turn(struct db *db, const char *lender, bool *is_busy, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Will what was known at an instant that has passed stay the same? Not while an import is being kept that may have begun by then. Asked
 * by a statement of its own before the facts are read, so that what is committed meanwhile is seen.
 *
 *   lender  in  whose facts; NULL: those of all
 *
 * ZCD_CONFLICT: not now; when the import has ended. ZCD_UNAVAILABLE.
 */
enum zcd_code import_store_check_settled(struct db *db, const char *lender, int64_t known_at_us, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Open an import: wait for the lender's turn, take a number and the instant at which its facts become known.
 *
 *   lender  in   borrowed until the import's end
 *   at_us   in   now; a lender's imports are later one than the other even when the clock says otherwise
 *   fills   in   what a row does not say stays as it was known
 *   import  out
 *
 * ZCD_UNAVAILABLE.
 */
enum zcd_code import_store_begin(struct db *db, const char *lender, int64_t at_us, bool fills,
                                 struct fact_import *import, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The same for a few rows in the transaction of a batch of the log, which holds the log's head and must wait for no long import:
 * neither here nor at its end. It does not fill. ZCD_CONFLICT where another import has the turn just now.
 *
 *   is_busy  out  true with that ZCD_CONFLICT, here or at its end; else false. Lives until the import's end
 */
enum zcd_code import_store_begin_at_once(struct db *db, const char *lender, int64_t at_us, bool *is_busy,
                                         struct fact_import *import, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Queue the import's own row, once its facts are written. An import that added nothing and set nothing aside gets none:
 * nothing has changed.
 *
 *   row  in  kind, actor, file; the rest is taken from the import
 */
enum zcd_code import_store_end(struct db *db, const struct fact_import *import, const struct import_row *row,
                               struct zcd_error *err) ZCD_MUST_USE;

/*
 * Take an import back, by a new import that says so: from then on what it said counts as never said, and what stood before
 * it stands again. Known as of an earlier instant, it stays. What two imports said belongs to the first of them; whoever takes
 * that one back reads the second file again. What persons said of receipts that it brought is taken back along with it, and what
 * was found when they were matched again.
 *
 *   id          in
 *   is_busy     out  as import_store_begin_at_once; NULL: it waits for its turn
 *   withdrawal  out  the new import; lender, id and recorded_at_us are set
 *
 * ZCD_NOT_FOUND when the lender has no such import; ZCD_CONFLICT when it was taken back already, or is itself a withdrawal.
 */
enum zcd_code import_store_withdraw(struct db *db, const char *lender, int64_t id, const char *actor, int64_t at_us,
                                    bool *is_busy, struct fact_import *withdrawal, struct zcd_error *err) ZCD_MUST_USE;

/* Find one import. ZCD_NOT_FOUND. */
enum zcd_code import_store_find(struct db *db, const char *lender, int64_t id, struct arena *arena,
                                struct import_row *row, struct zcd_error *err) ZCD_MUST_USE;

/*
 * A lender's imports, the newest first.
 *
 *   before  in   those with a lower id; 0: from the newest
 *   limit   in   at most so many
 */
enum zcd_code import_store_list(struct db *db, const char *lender, int64_t before, int32_t limit, struct arena *arena,
                                struct import_row **rows, size_t *count, struct zcd_error *err) ZCD_MUST_USE;

#endif
