#include "api/cli/cli.h"

#include "base/cleanup.h"
#include "db/connection.h"
#include "db/migrate.h"

#include <stdio.h>

#define COMMAND "migrate"
static const char USAGE[] = "zcd migrate\n       Brings the database of ZCD_DATABASE_URL to this version.";

/* A migration may take longer than any statement of the service is allowed to. */
enum { STATEMENT_TIMEOUT_MS = 10 * 60 * 1000 };

static enum zcd_code migrate(const struct config *config, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->database_url,
                                       .application_name = "zcd migrate",
                                       .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    struct db *db = NULL;
    size_t applied = 0;

    enum zcd_code code = config_require(config, &config->database_url, err);
    if (code == ZCD_OK)
        code = db_connect(&options, &db, err);
    if (code == ZCD_OK)
        code = db_migrate(db, MIGRATION_FILES, MIGRATION_FILE_COUNT, &applied, err);
    db_close(db);
    if (code == ZCD_OK)
        (void)printf("%zu migrations applied, %zu in all\n", applied, MIGRATION_FILE_COUNT);
    return code;
}

int cli_migrate(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;
    (void)words;

    if (count != 1)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    return migrate(&config, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
