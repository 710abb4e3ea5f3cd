#include "api/cli/cli.h"

#include "api/app.h"
#include "audit/signature.h"
#include "base/cleanup.h"
#include "db/connection.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "audit"
static const char USAGE[] =
    "zcd audit export --to DIR [--from INDEX]\n"
    "       Writes the log as a folder of tiles (c2sp.org/tlog-tiles), checked against the newest checkpoint. A run "
    "that was\n"
    "       interrupted goes on where it ended. With --from, records before INDEX (rounded down to 256) are left out.";

enum { INDEX_DIGITS_MAX = 16, STATEMENT_TIMEOUT_MS = 60 * 1000 };

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static void close_db(struct db **db)
{
    db_close(*db);
}

static void close_log(struct log **log)
{
    log_close(*log);
}

struct request {
    const char *to;
    uint64_t from;
};

static bool read_index(const char *text, uint64_t *index)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > INDEX_DIGITS_MAX || text[digits] != '\0')
        return false;
    *index = 0;
    for (; *text != '\0'; text++)
        *index = *index * 10 + (uint64_t)(*text - '0');
    return true;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"to", required_argument, NULL, 't'}, {"from", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.to = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 't')
            request->to = optarg;
        else if (option != 'f' || !read_index(optarg, &request->from))
            return false;
    }
    return optind + 1 == count && strcmp(words[optind], "export") == 0 && request->to != NULL;
}

/* A connection that may only read, as the service's own. */
static enum zcd_code connect(const struct config *config, struct db **db, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->database_url,
                                       .role = DB_APPLICATION_ROLE,
                                       .application_name = "zcd audit",
                                       .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    return db_connect(&options, db, err);
}

static enum zcd_code export(const struct config *config, const struct request *request, struct zcd_error *err) {
    ZCD_AUTO(free_key) struct signature_key *key = NULL; ZCD_AUTO(close_log) struct log *log = NULL;
    ZCD_AUTO(close_db) struct db *db = NULL;
    struct log_exported exported;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK) code = signature_key_load(config->key_file, &key, err);
    if (code != ZCD_OK) return code;
    const struct log_config log_config = app_log_config(config, key);
    code = log_open_reader(&log_config, &log, err);
    if (code == ZCD_OK) code = connect(config, &db, err);
    if (code == ZCD_OK) code = log_export(log, db, request->to, request->from, &exported, err);
    if (code == ZCD_OK)(void) printf("exported %" PRIu64 " records: %" PRIu64 " files written, %" PRIu64 " kept\n",
                                     exported.checkpoint.size, exported.files_written, exported.files_kept);
    return code;
}

int cli_audit(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct request request;
    struct zcd_error err;

    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    return export(&config, &request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
