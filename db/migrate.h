/*
 * migrate.h - bring a database to the program's version, forward only.
 *
 * Migrations run under the owner's login, never the service's. Each is a transaction of its own with its row in table
 * schema_migration (number, name, SHA-256 of the file), all under one advisory lock, so that several programs may start
 * at once. Thread: that of the connection.
 *
 * Who may run them: a superuser, or a plain owner of the database (the right to create in its schema). The group role
 * zcd_app must exist or the owner must have CREATEROLE; where the role exists already, somebody must have granted it to
 * the owner if the owner's login is also the service's. An application login of its own needs: GRANT zcd_app TO login.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "base/error.h"
#include "db/connection.h"
#include "db/migration_files.h"

#include <stddef.h>

/*
 * Apply what is missing, in order.
 *
 *   files    in   ascending by number; MIGRATION_FILES, MIGRATION_FILE_COUNT
 *   applied  out  how many were applied now
 *
 * ZCD_CONFLICT, before anything is changed: for each applied one in order, we do not have it (the database is newer than
 * the program) or ours is another text (its checksum changed); then, one of ours is missing below the newest applied.
 * Then what db_execute_script gives; the migrations before the failed one stay applied.
 */
enum zcd_code db_migrate(struct db *db, const struct migration_file *files, size_t file_count, size_t *applied,
                         struct zcd_error *err) ZCD_MUST_USE;

/* The same questions without changing anything: ZCD_OK when the database is exactly at the program's version. */
enum zcd_code db_migrate_check(struct db *db, const struct migration_file *files, size_t file_count,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
