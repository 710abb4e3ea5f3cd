/*
 * import_file.h - one file on its way from bytes to facts: read and judged once, and kept or not. The command line and the job go
 * the same way: import_file_begin, then import_file_read or import_file_keep.
 *
 * Thread: one at a time; keeping waits for the log, and reads in a thread of its own meanwhile, from which progress and lines are called.
 */
#ifndef API_FLOWS_IMPORT_FILE_H
#define API_FLOWS_IMPORT_FILE_H

#include "api/flows/fact_spool.h"
#include "api/flows/import_read.h"
#include "api/flows/import_report.h"
#include "api/flows/import_write.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "contracts/import/import_counter.h"

#define IMPORT_FILE_ATTEMPTS 5 /* of a statement or notice, while other facts of the organisation come in: see import_write */

/* How far the reading is. */
struct import_progress {
    uint64_t bytes, facts;
    uint64_t line; /* of the file: the last one that was read; of a file in one line, 1 */
};

/* Start with what is given, all else zero; end with import_file_done. Texts are borrowed. */
struct import_file {
    /* Given. */
    struct import_source source;
    const char *name; /* of the file, as it is shown; NULL: none */
    struct db *db;    /* to load from what a statement or a notice is read against; NULL: nothing is known */
    const char *lender; /* whose facts; with db */
    const char *directory; /* for what is put aside; NULL: the system's for temporary files */
    bool is_dry_run;
    const struct import_sink *lines; /* where each line of the report goes on to, beside the report; NULL: nowhere */
    /* Now and then while it is read, with how far it is; an error ends the reading. NULL: not asked. */
    enum zcd_code (*progress)(void *context, const struct import_progress *progress, struct zcd_error *err);
    void *progress_context;

    /* Made by import_file_begin. */
    struct sha256 digest;
    struct import_told told;
    struct import_counter *counter;
    struct import_report *report;
    struct fact_spool *facts; /* NULL in a dry run */
    struct arena arena;

    /* Made by the reading. */
    struct import_reading reading;
    struct buffer outcome;    /* a JSON object: codec/import_encode.h */
    uint64_t calls;           /* of the sink so far */
    uint64_t last_line;       /* of the file that was read */
    struct zcd_error failure;
};

/* The codes of import_load_known; ZCD_NOT_FOUND when the file cannot be read; ZCD_UNAVAILABLE when there is no room for a temporary one. */
enum zcd_code import_file_begin(struct import_file *file, struct zcd_error *err) ZCD_MUST_USE;

/* Read it all, for a dry run. The codes of import_read; progress's. */
enum zcd_code import_file_read(struct import_file *file, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read it all and keep it.
 *
 *   job  in  that does it; NULL on the command line
 *
 * The codes of import_file_read, which win, and of import_write.
 */
enum zcd_code import_file_keep(struct import_file *file, const struct log_config *log, const struct import_actor *actor,
                               const struct import_job *job, struct import_result *result, struct zcd_error *err) ZCD_MUST_USE;

struct import_progress import_file_progress(const struct import_file *file);

/* The file itself stays open. */
void import_file_done(struct import_file *file);

#endif
