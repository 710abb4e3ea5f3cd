#include "api/cli/cli.h"

#include "base/cleanup.h"
#include "contracts/payer_delay_store.h"
#include "db/connection.h"

#include <stdio.h>
#include <string.h>

#define COMMAND "payers"
static const char USAGE[] = "zcd payers rebuild\n"
                            "       Makes anew, from all facts, what the book knows of how payers pay: the same rows that\n"
                            "       are kept current with every import. Imports wait until it is done.";

/* It reads the whole book. */
enum { STATEMENT_TIMEOUT_MS = 60 * 60 * 1000 };

static void close_db(struct db **db)
{
    db_close(*db);
}

static enum zcd_code rebuild(const struct config *config, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->database_url,
                                       .role = DB_APPLICATION_ROLE,
                                       .application_name = "zcd payers",
                                       .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    ZCD_AUTO(close_db)
    struct db *db = NULL;

    enum zcd_code code = config_require(config, &config->database_url, err);
    if (code == ZCD_OK)
        code = db_connect(&options, &db, err);
    return code == ZCD_OK ? payer_delay_store_rebuild(db, err) : code;
}

int cli_payers(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;

    if (count != 2 || strcmp(words[1], "rebuild") != 0)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    if (rebuild(&config, &err) != ZCD_OK)
        return cli_fail(COMMAND, &err);
    (void)puts("the experience with payers is made anew");
    return cli_finish(COMMAND);
}
