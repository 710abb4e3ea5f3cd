/*
 * import_read.h - a file of any kind that can be imported, read into a sink: what its facts are, and what is wrong with it.
 *
 * Thread: any.
 */
#ifndef API_FLOWS_IMPORT_READ_H
#define API_FLOWS_IMPORT_READ_H

#include "audit/sha256.h"
#include "contracts/dossier.h"
#include "contracts/import/import_sink.h"
#include "contracts/import/ocds_reader.h"
#include "contracts/import/notice_reader.h"
#include "contracts/import/statement_import.h"
#include "contracts/receipt_match.h"
#include "db/connection.h"

#include <stdbool.h>
#include <stdio.h>

enum import_kind { IMPORT_KIND_NONE = 0, IMPORT_KIND_OCDS, IMPORT_KIND_DOSSIER, IMPORT_KIND_STATEMENT, IMPORT_KIND_NOTICE };

/* What is to be read. Texts are borrowed. */
struct import_source {
    enum import_kind kind;
    FILE *file;               /* seekable */
    const char *organisation; /* whose facts are wanted; NULL for all that the file tells of. Statements and notices name none:
                                 required there */
    /* Of a notice: the supplier's name, and contracts and payers that it may be about; NULL where nothing is known. */
    const char *organisation_name;
    const struct notice_known *notices;
    /* Of procurement data about one organisation: ids of contracts that are known as its alone, ascending; none where nothing is known. */
    const char *const *contracts;
    size_t contract_count;
    /* Of a statement: what may still come in, and which receipts are known; none where nothing is known (a dry run). */
    const struct receivable *receivables;
    size_t receivable_count;
    const char *const *known_ids; /* ascending */
    size_t known_count;
    const struct receipt *paid; /* see statement_import */
    size_t paid_count;
    int64_t last_import; /* of the lender, when these were loaded: see import_order */
};

/* What a file can tell; of OCDS alone, whose publishers leave most of it out. */
struct import_told {
    bool has_coverage;
    struct ocds_coverage coverage;
    bool has_statement;
    struct statement_import_summary statement; /* what became of its receipts */
};

/* By the name it has on the command line; IMPORT_KIND_NONE when there is no such kind. */
enum import_kind import_kind_find(const char *name);
const char *import_kind_name(enum import_kind kind);

/*
 * Load what a statement or a notice is read against, and procurement data about one organisation: what a lender's facts say of it. Of
 * other kinds nothing.
 *
 *   source  in/out  with kind and organisation; gets the rest, which lives in the arena
 *
 * ZCD_INVALID when the source names no organisation; ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code import_load_known(struct db *db, const char *lender, struct import_source *source, struct arena *arena,
                                struct zcd_error *err) ZCD_MUST_USE;

/* SHA-256 of the whole file, which stands at its beginning again. ZCD_NOT_FOUND when it cannot be read. */
enum zcd_code import_digest(FILE *file, struct sha256 *digest, struct zcd_error *err) ZCD_MUST_USE;

/* The dossier that the file holds, in the arena. ZCD_INVALID with its pointer; ZCD_NOT_FOUND. */
enum zcd_code import_read_dossier(const struct import_source *source, struct arena *arena, const struct dossier **dossier,
                                  struct zcd_error *err) ZCD_MUST_USE;

/*
 * Read it all.
 *
 *   sink  in   what is wrong with the file goes there too, line by line, and is no error
 *   told  out
 *
 * ZCD_NOT_FOUND when the file cannot be read; ZCD_INVALID for one that is packed (gzip, zip, xlsx and their like), for a statement or notice without an organisation, or that is none (see
 * their readers), and for a dossier that cannot be taken, with its pointer: all or
 * nothing of one; ZCD_UNAVAILABLE; else the sink's codes.
 */
enum zcd_code import_read(const struct import_source *source, const struct import_sink *sink, struct import_told *told,
                          struct zcd_error *err) ZCD_MUST_USE;

#endif
