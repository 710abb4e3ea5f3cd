/*
 * log.h - the append-only signed log: one writer thread, group commit, and nothing acknowledged that is not durable, in
 * the tree, and signed.
 *
 * The journey of a batch. The writer takes everything that waits and
 *   1. opens a transaction and locks the head row, behind which every process that writes this log queues;
 *   2. reads the newest signed checkpoint from the checkpoint store (a file outside the database, checkpoint_store.h)
 *      and makes sure that the head extends it: not smaller, and with the same leaves up to there,
 *      and, where the head lies beyond it, that the newest batch bears this key's statement on that very tree
 *      (batch_statement.h): the key's holder wrote those leaves, and the next signature will cover them;
 *   3. seals the records in order (sequence numbers, an instant that never goes back), grows the tree, signs the batch's
 *      statement, inserts leaves, tiles, documents, business rows and the batch, moves the head, and commits;
 *   4. takes the checkpoint store's lock, reads it again, and
 *        - if it holds a smaller size: makes sure again that the committed tree extends it, signs the committed size,
 *          and puts it in the store, on disk, before the lock is let go;
 *        - if another process has already signed this size or a larger one: takes that checkpoint, after checking that
 *          the batch's leaves are in it. A size smaller than the store's is never signed;
 *   5. answers each entry with its leaf, its inclusion proof in that checkpoint, and the checkpoint.
 *
 * Why so. Only committed sizes are signed, because a signature over a commit that then fails would leave two signed
 * trees of one size. Every head that is ever signed was committed under the head row's lock, so sizes and trees grow in
 * one line; the store's lock makes the signatures follow that line too. Step 2 keeps a restored database from even being
 * written to, step 4 keeps it from being signed.
 *
 * When something fails:
 *   - before COMMIT was sent: nothing is kept; the batch is tried again on a new connection while its patience lasts.
 *   - COMMIT sent, no answer: the head row is locked on a new connection, which waits for the old transaction to end, and
 *     the batch's id is looked up: found out, never guessed.
 *   - committed and not signed (the store is away, the process was killed): the leaves and their rows are there together
 *     and are signed as soon as it is possible: by this writer, by another process's next batch, or at the next start,
 *     which reads them first and compares them with the statement. Leaves without one are never signed.
 *     Their entries wait while the patience lasts, then end as ZCD_UNAVAILABLE: kept, although not acknowledged.
 *   - database behind or beside the stored checkpoint (a restored backup, a second database): refused for all, before
 *     and at signing and at start, until a person has done one of: recover the database's WAL up to the checkpoint;
 *     re-import the missing leaves from a mirror; open a new origin whose first leaf names the old checkpoint.
 *   - no checkpoint store although the log has leaves: refused too, since a rollback could no longer be noticed; restore
 *     the file, or, being sure of the database, call log_checkpoint_store_init once.
 *
 * What this log cannot notice by itself: database and checkpoint store both restored to the same earlier state. That is
 * what witnesses and mirrors are for. A database that fails over to a replica without the newest commits is a rollback.
 */
#ifndef AUDIT_LOG_H
#define AUDIT_LOG_H

#include "audit/checkpoint.h"
#include "audit/commitment.h"
#include "audit/merkle.h"
#include "audit/proof.h"
#include "audit/record.h"
#include "audit/sha256.h"
#include "audit/tile.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db; /* db/connection.h */
struct log;

#define LOG_ENTRY_DOCUMENTS_MAX 8

/* Stored with the document; a number is never changed and never reused. */
enum log_document_kind { LOG_DOCUMENT_DOSSIER = 1, LOG_DOCUMENT_POLICY = 2, LOG_DOCUMENT_DECISION = 3 };

/* Bytes that the record names by hash. Stored once, however many records name them. */
struct log_document {
    struct sha256 sha256; /* of bytes */
    enum log_document_kind kind;
    struct bytes bytes; /* up to LOG_DOCUMENT_SIZE_MAX */
};
#define LOG_DOCUMENT_SIZE_MAX (64u << 20)

/* What an entry is answered with; borrowed for the time of the call of `done`. */
struct log_receipt {
    uint64_t sequence;            /* the organisation's own count of its records */
    int64_t at_us;                /* when, as it stands in the leaf */
    struct bytes leaf;            /* the record as it is in the log for ever */
    struct proof proof;           /* index, inclusion proof, and the signed checkpoint it leads to */
    struct checkpoint checkpoint; /* that checkpoint, taken apart */
};

/*
 * One record on its way into the log. The submitter's memory: it and all it points to stay untouched from log_submit to
 * the end of `done`.
 */
struct log_entry {
    /* Given by the submitter. */
    struct record record;
    const struct log_document *documents;
    size_t document_count;                /* at most LOG_ENTRY_DOCUMENTS_MAX */
    const struct commitment *commitments; /* the values behind those in the record's body, to be kept until erased */
    size_t commitment_count;
    const char *trace_id; /* of the request that it comes of, for insert_rows; NULL: of none. Not recorded */
    void *user; /* not looked at */
    /*
     * Called exactly once, from the writer's thread, which waits meanwhile: hand over and return. After it has begun, the
     * log no longer touches the entry, which may be freed or submitted again inside it.
     *   receipt  in  NULL when the entry was not acknowledged
     *   err      in  NULL when it was. ZCD_UNAVAILABLE: it may or may not be recorded; repeating makes another record;
     *                any other: its rows were refused with that code, nothing of it is recorded
     */
    void (*done)(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err);

    /* Given by the log, for insert_rows to read. Final only once `done` has the receipt. */
    uint64_t index;
    uint64_t sequence;
    int64_t at_us;

    /* The log's own. */
    struct log_entry *next;
    struct bytes leaf;
    size_t size_bytes;
    int64_t submitted_ms; /* monotonic */
};

/*
 * Insert the business rows of a batch, in the transaction of its leaves: both are kept or neither.
 *
 * Called from the writer's thread on the writer's connection, under the application's role, maybe more than once for one
 * entry (the transaction was tried again; index, sequence and at_us may differ then). Queue the inserts (db_queue): they
 * travel with the commit. Any code but ZCD_OK ends the transaction; the batch is then tried entry by entry, so that one
 * entry's refused row fails that entry alone.
 */
typedef enum zcd_code log_insert_rows(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                                      struct zcd_error *err);

/*
 * Long work in the transaction of a batch, before the log's head is locked: other writers of the log go on meanwhile. It may complete
 * the bodies of its records, as record_body_check wants them. What its rows have to know of the records themselves (index, sequence,
 * at_us) is insert_rows' to write. It may take locks that others hold, and must hold none that insert_rows of another log waits for:
 * that one would wait with the head locked.
 */
typedef log_insert_rows log_prepare_rows;

/* A record that was in the log before and is being put back (log_import). */
struct log_restored {
    uint64_t index;
    int64_t at_us;
    const struct record *record;
    const struct record_summary *summary;
};

/* Insert the business rows that such records had, as log_insert_rows does for new ones; from the leaf alone. */
typedef enum zcd_code log_restore_rows(struct db *db, const struct log_restored *restored, size_t count, void *context,
                                       struct zcd_error *err);

/* Microseconds since 1970, UTC. The log itself keeps it from going back. */
typedef int64_t log_clock(void *context);

/* Texts and key are borrowed until log_close. Numbers of 0 stand for the defaults. */
struct log_config {
    const char *conninfo; /* of the database, migrated */
    const char *role;     /* DB_APPLICATION_ROLE, or NULL to keep the login's rights (tests) */
    const char *origin;   /* names the log for ever, and is the key's name in signatures */
    const struct signature_key *key;
    const char *checkpoint_path;    /* the checkpoint store's file, in an existing folder */
    log_prepare_rows *prepare_rows; /* may be NULL; insert_rows_context is its context too */
    log_insert_rows *insert_rows;   /* may be NULL */
    log_restore_rows *restore_rows; /* may be NULL */
    void *insert_rows_context;
    log_clock *clock; /* NULL for the system's */
    void *clock_context;
    size_t queue_entries_max;     /* that may wait; default 1,024 */
    size_t queue_bytes_max;       /* of their documents; default 64 MiB. One entry may always wait */
    size_t batch_entries_max;     /* in one transaction; default 256 */
    size_t batch_bytes_max;       /* default 8 MiB; one entry may be larger */
    int32_t patience_ms;          /* how long an entry is tried, from the first failure on, before it ends as ZCD_UNAVAILABLE; default 10,000 */
    int32_t statement_timeout_ms; /* default 5,000 */
};

/*
 * Open the log: connect, create its head when the database has none, bring store and database in line (signing what was
 * committed and not signed before a crash), start the writer.
 *
 *   log  out  handed over; release with log_close
 *
 * ZCD_INVALID: a configuration that cannot be (origin that is no key name). ZCD_CONFLICT: the database's log has another
 * origin, or signing is refused; the message says why and what to do. ZCD_UNAVAILABLE: the database or the store is away;
 * it may help to try again. ZCD_CORRUPT: the store's file is damaged or signed by another key, or stored tiles contradict the
 * head.
 */
enum zcd_code log_open(const struct log_config *config, struct log **log, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Open the log for reading alone: no writer, nothing is signed or begun, and log_submit is refused. Of the key only the
 * public half is used, and the database's connection not at all. ZCD_INVALID, ZCD_UNAVAILABLE as in log_open.
 */
enum zcd_code log_open_reader(const struct log_config *config, struct log **log, struct zcd_error *err) ZCD_MUST_USE;

/* Refuse new entries, write all that wait, stop the writer, release. NULL is fine. */
void log_close(struct log *log);

/*
 * Hand an entry to the writer; never waits for it. Any thread.
 *
 * On ZCD_OK `done` will be called, maybe before this returns. On any other code it will not.
 * ZCD_INVALID, with its pointer: a record that cannot be sealed (record_seal) or whose body is not its kind's
 * (record_body_check), a document too large, a commitment that does not stand in the body. ZCD_UNAVAILABLE: the
 * queue is full, the log is closing, or the writer is refusing (the message is log_ready's).
 */
enum zcd_code log_submit(struct log *log, struct log_entry *entry, struct zcd_error *err) ZCD_MUST_USE;

/* Would an entry be taken now? For /readyz. ZCD_UNAVAILABLE or ZCD_CORRUPT with the reason. Any thread. */
enum zcd_code log_ready(struct log *log, struct zcd_error *err) ZCD_MUST_USE;

/* Counts since log_open, for metrics. Any thread. */
struct log_counts {
    uint64_t entries_acknowledged;
    uint64_t entries_failed;
    uint64_t entries_waiting;
    uint64_t batches_committed;
    uint64_t checkpoints_signed;
    uint64_t reconnects;
    uint64_t signed_size; /* of the newest checkpoint this log has seen */
    int64_t oldest_waiting_ms; /* since the oldest entry that is not answered was submitted; 0 when there is none */
    bool is_ready;             /* as log_ready says */
};
void log_count(struct log *log, struct log_counts *counts);

/* Name and public key under which the checkpoints are signed. Borrowed until log_close. */
const struct note_vkey *log_vkey(const struct log *log);

/*
 * After the checkpoint store's file was lost, or once for a log imported into a new database: sign the database's
 * present state, whatever it is, as the store's first checkpoint. Only a person who is sure that the database holds every
 * leaf that was ever signed may do this; nothing else can notice if it does not. Not while a log is open on the store.
 *
 * ZCD_CONFLICT when the store already holds a checkpoint, or the database's log has another origin; else as log_open.
 */
enum zcd_code log_checkpoint_store_init(const struct log_config *config, struct checkpoint *checkpoint,
                                        struct zcd_error *err) ZCD_MUST_USE;

/* What log_import has put back. */
struct log_imported {
    uint64_t leaves, documents;
    uint64_t documents_missing; /* that records name and the folder does not have */
};

/*
 * Put back the leaves that a database lost, from a folder of tiles (an export, or somebody's mirror) that a checkpoint of this
 * log covers. Before anything is written it is made sure that the folder's checkpoint is signed by this log's key, that the
 * tree of the newest signed checkpoint and the tree that the database still has are beginnings of it, and that every leaf
 * to be written leads to it. Nothing is signed but the batches; a checkpoint store that is behind the folder catches up.
 * An import that was interrupted goes on where it ended. Not while a log is open on the database.
 *
 * ZCD_CONFLICT when the folder is another log's, too old, or beside what was signed or what the database has (then
 * begin with an empty database); ZCD_CORRUPT, ZCD_NOT_FOUND for a damaged or incomplete folder; else as log_open.
 */
enum zcd_code log_import(const struct log_config *config, const char *folder, struct log_imported *imported,
                         struct zcd_error *err) ZCD_MUST_USE;

/*
 * Reading. On the caller's own connection, in any thread; all of it checked against the signed checkpoint before it is
 * handed out. What is committed and not yet signed is not there yet. Reads go on while the writer refuses.
 */

/*
 * Append the newest signed checkpoint, a note, as the store has it: whichever process signed it. checkpoint may be NULL.
 * ZCD_UNAVAILABLE, ZCD_CORRUPT: the store.
 */
enum zcd_code log_read_checkpoint(struct log *log, struct buffer *note, struct checkpoint *checkpoint,
                                  struct zcd_error *err) ZCD_MUST_USE;

/* A leaf with its proof. Start with {0}; end with log_record_done. */
struct log_record {
    struct buffer leaf;
    struct buffer note; /* the newest signed checkpoint; proof.checkpoint is borrowed from it */
    struct proof proof; /* leads from the leaf to that checkpoint */
    struct checkpoint checkpoint;
};
void log_record_done(struct log_record *record);

/*
 * ZCD_NOT_FOUND: no such index in the newest checkpoint. ZCD_CORRUPT: leaf or stored tiles do not lead to the signed
 * root. ZCD_UNAVAILABLE: database or store.
 */
enum zcd_code log_read_record(struct log *log, struct db *db, uint64_t index, struct log_record *record,
                              struct zcd_error *err) ZCD_MUST_USE;

/*
 * The same with the proof leading to another checkpoint of this log: one that was published with others' signatures.
 *   note        in  the checkpoint's note, verified; copied
 *   checkpoint  in  what it says; ZCD_NOT_FOUND when index is not below its size
 */
enum zcd_code log_read_record_in(struct log *log, struct db *db, uint64_t index, struct bytes note,
                                 const struct checkpoint *checkpoint, struct log_record *record,
                                 struct zcd_error *err) ZCD_MUST_USE;

/*
 * The consistency proof from the first old_size records to the first `size`, which are signed: what a witness asks for. It is
 * not verified here; the witness does.
 * ZCD_INVALID when old_size is above size; ZCD_CORRUPT, ZCD_UNAVAILABLE.
 */
enum zcd_code log_prove_growth(struct log *log, struct db *db, uint64_t old_size, uint64_t size,
                               struct merkle_proof *proof, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append the bytes of a tile or an entry bundle as c2sp.org/tlog-tiles has them. Only what the newest signed checkpoint
 * implies is there; a partial one stays readable when its tile is full.
 *
 * These bytes are not checked here: a tile proves nothing by itself, and whoever collects them computes the root.
 * ZCD_NOT_FOUND: not in the tree of the newest checkpoint. ZCD_CORRUPT: rows are missing. ZCD_UNAVAILABLE.
 */
enum zcd_code log_read_tile(struct log *log, struct db *db, const struct tile *tile, struct buffer *bytes,
                            struct zcd_error *err) ZCD_MUST_USE;

/* What records are looked for; NULL, or 0, where it does not matter. */
struct log_search {
    const char *uscc, *application, *actor_id, *kind, *outcome, *reason, *lender;
    int64_t from_us, to_us; /* recorded at or after, and before; microseconds since 1970 */
    uint64_t below;         /* only indices below this; UINT64_MAX for all */
    size_t limit;           /* at least 1 */
};

/* Leaves as an entry bundle (tile.h), newest first, and their indices. Start with {0}; end with log_found_done. */
struct log_found {
    struct buffer leaves;
    uint64_t *index;
    size_t count;
    bool has_more; /* there are further ones, below the last index */
};
void log_found_done(struct log_found *found);

/*
 * Look for records, newest first. Only what the newest signed checkpoint covers. Nothing is proven by being found, or not
 * found: a record proves itself (log_read_record), and that none was left out follows from sequences and daily statements.
 * ZCD_UNAVAILABLE also when it would take too long.
 */
enum zcd_code log_search(struct log *log, struct db *db, const struct log_search *search, struct log_found *found,
                         struct zcd_error *err) ZCD_MUST_USE;

/* How many records of each kind there are, those kinds only that there are, in the order of their names. */
#define LOG_KINDS_MAX 64
struct log_kind_counts {
    size_t count;
    struct {
        enum record_kind kind;
        uint64_t records;
    } row[LOG_KINDS_MAX];
};

/* Of the records [from, to). ZCD_CORRUPT when the rows do not add up to as many; ZCD_UNAVAILABLE. */
enum zcd_code log_count_kinds(struct db *db, uint64_t from, uint64_t to, struct log_kind_counts *counts,
                              struct zcd_error *err) ZCD_MUST_USE;

/* The first record at or after an instant, of the first `size`; size when there is none. ZCD_UNAVAILABLE; ZCD_CORRUPT. */
enum zcd_code log_find_instant(struct db *db, int64_t at_us, uint64_t size, uint64_t *index,
                               struct zcd_error *err) ZCD_MUST_USE;

/* When a record was made. ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT. */
enum zcd_code log_read_instant(struct db *db, uint64_t index, int64_t *at_us, struct zcd_error *err) ZCD_MUST_USE;

/* What log_export has done. */
struct log_exported {
    struct checkpoint checkpoint; /* which the folder now holds */
    uint64_t files_written;
    uint64_t files_kept; /* there already, and right */
};

/*
 * Write the log of the newest checkpoint as a folder of tiles (tile_folder.h), byte for byte as it is served over HTTP.
 *
 *   folder  in  made where it is missing; what an earlier, maybe unfinished run left there is looked at and kept
 *   from    in  the first leaf wanted: entry bundles and level-0 tiles before the one that holds it are left out
 *
 * Everything is checked on the way: each record against its hash, each tile against the one above it, all of it against
 * the signed root, and the signed root against the checkpoint that the folder held before. The new checkpoint goes in last.
 * ZCD_CORRUPT naming the first record or tile that is wrong; ZCD_CONFLICT when the folder holds another log or a longer
 * one, or lacks tiles; ZCD_UNAVAILABLE.
 */
enum zcd_code log_export(struct log *log, struct db *db, const char *folder, uint64_t from,
                         struct log_exported *exported, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Add to such a folder the documents that its records name, each as documents/SHA256: all that log_import needs to make a
 * database whole again. ZCD_CORRUPT when a stored document does not have its digest.
 */
enum zcd_code log_export_documents(struct log *log, struct db *db, const char *folder, uint64_t from,
                                   uint64_t *documents, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Append a document's bytes. kind may be NULL.
 * ZCD_NOT_FOUND; ZCD_CORRUPT when the stored bytes do not have that digest; ZCD_UNAVAILABLE.
 */
enum zcd_code log_read_document(struct db *db, const struct sha256 *sha256, enum log_document_kind *kind,
                                struct buffer *bytes, struct zcd_error *err) ZCD_MUST_USE;

#endif
