/*
 * import_write.h - keep what a file says: facts, import row and audit record in one transaction, all or nothing.
 *
 * The record is the log's, so its transaction is the one. Facts are written while the file is still being read; other writers of the log
 * wait only for what comes after: the record and its commit.
 * Thread: any but the log's own; each waits for the log.
 */
#ifndef API_FLOWS_IMPORT_WRITE_H
#define API_FLOWS_IMPORT_WRITE_H

#include "api/flows/fact_spool.h"
#include "api/flows/import_read.h"
#include "audit/log.h"
#include "contracts/dossier.h"
#include "contracts/receipt_rematch.h"

struct db;

/* Who imports. Borrowed. */
struct import_actor {
    const char *id, *role, *lender;
};

/* A job that imports or withdraws: what it writes, it writes once. */
struct import_job {
    const char *id;
    /* Last in the transaction: is it still the job's to do? An error gives it up; ZCD_CONFLICT for good. */
    enum zcd_code (*confirm)(void *context, struct db *db, struct zcd_error *err);
    void *context;
};

/* What the reading of a file found. */
struct import_reading {
    uint64_t row_count;              /* facts that were read */
    const char *outcome;             /* a JSON object */
    const struct import_line *lines; /* of its report, to be kept with it */
    size_t line_count;
    uint64_t line_total; /* that there were */
};

struct import_order {
    struct import_actor actor;
    enum import_kind kind;
    const char *organisation;      /* whose facts alone were read; NULL for a file about several */
    const char *file_name;         /* NULL: none */
    struct sha256 file_sha256;
    int64_t last_import;           /* of a statement or notice: import_source's, so that it is not kept when what it was read against is old */
    struct fact_spool *facts;      /* of every kind of file but a dossier; they may still come */
    const struct dossier *dossier; /* of that one */
    const struct import_reading *reading; /* looked at once all facts are there */
    const struct import_job *job; /* NULL: none */
};

struct import_result {
    bool is_changed; /* false: all of it was known, nothing was written and nothing recorded */
    int64_t import;
    int64_t added;
    uint64_t record; /* index in the log */
};

/*
 * Open the log, write, close it.
 *
 *   config  in   of the log; its insert_rows is replaced
 *
 * The codes of log_open and log_submit; ZCD_INVALID when a value is beyond what the tables hold; ZCD_CONFLICT for a statement or notice when
 * other facts of the organisation came in since import_load_known: load, read and write it again; and for any file whose reading
 * fails (fact_spool_is_broken).
 */
enum zcd_code import_write(const struct log_config *config, const struct import_order *order,
                           struct import_result *result, struct zcd_error *err) ZCD_MUST_USE;

/* Receipts of a statement that were matched again. Borrowed. */
struct import_matching {
    const char *organisation;
    int64_t statement;         /* the import that brought them */
    struct sha256 file_sha256; /* of its file */
    int64_t last_import;       /* of the lender, when they and what they were matched with were read */
    const struct receivable *receivables;
    const struct receipt_change *changes;
    size_t change_count;
};

/*
 * Keep what changes, as an import of its own (kind matching), on record.
 *
 * The codes of import_write; ZCD_CONFLICT when other facts of the organisation came in since: read and match again.
 */
enum zcd_code import_write_matching(const struct log_config *config, const struct import_actor *actor,
                                    const struct import_matching *matching, struct import_result *result,
                                    struct zcd_error *err) ZCD_MUST_USE;

/*
 * Take an import of the actor's lender back, on record.
 *
 *   job  in  that does it; NULL: none
 *
 * ZCD_NOT_FOUND when the lender has no such import; ZCD_CONFLICT when it was taken back already, is itself a withdrawal, or came from
 * no file.
 */
enum zcd_code import_withdraw(const struct log_config *config, const struct import_actor *actor, int64_t import,
                              const struct import_job *job, struct import_result *result, struct zcd_error *err) ZCD_MUST_USE;

#endif
