/*
 * ocds_reader.h - files of the Open Contracting Data Standard 1.1 (and 1.0) read as facts.
 *
 * A file may hold release packages, record packages, compiled, versioned or single releases, arrays of them, or one a line (JSON
 * Lines), in UTF-8, UTF-16, GB18030 or Windows-1252. Compiled releases go to the sink at once, one in memory at a time.
 * Single releases are put aside in a temporary file until the end, then merged process by process (ocds_merge.h), since the
 * releases of one process may stand anywhere. Where the file has a process's compiled release, its single ones are left out.
 * Thread: any.
 */
#ifndef CONTRACTS_IMPORT_OCDS_READER_H
#define CONTRACTS_IMPORT_OCDS_READER_H

#include "contracts/import/import_sink.h"
#include "contracts/import/ocds_release.h"

#include <stdio.h>

/*
 * Read a file.
 *
 *   file      in   seekable; read from its beginning
 *   wanted    in   whose facts; of a contract that is known as its alone, releases need not say the supplier again
 *   sink      in   gets facts and lines of the report; the wrong in a file is reported, never an error
 *   coverage  out  what the file tells, and what not
 *
 * ZCD_NOT_FOUND when the file cannot be read; ZCD_UNAVAILABLE when there is no room for a temporary file; else the sink's codes.
 */
enum zcd_code ocds_read(FILE *file, const struct ocds_wanted *wanted, const struct import_sink *sink,
                        struct ocds_coverage *coverage, struct zcd_error *err) ZCD_MUST_USE;

#endif
