/*
 * migration_files.h - the migrations that ship with the program, byte for byte as in db/migrations.
 *
 * Made by cmake/reference_tables.cmake. Static, read-only. Thread: any.
 */
#ifndef DB_MIGRATION_FILES_H
#define DB_MIGRATION_FILES_H

#include <stddef.h>

struct migration_file {
    int number;       /* 7 for 0007_repayments.sql */
    const char *name; /* of the file without ".sql": "0007_repayments" */
    const char *text; /* SQL, UTF-8, NUL-terminated */
    size_t size;      /* without the NUL */
};

/* In order of number, which may leave gaps; a row of zeros stands behind the last. */
extern const struct migration_file MIGRATION_FILES[];
extern const size_t MIGRATION_FILE_COUNT;

#endif
