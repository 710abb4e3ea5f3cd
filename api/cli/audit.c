#include "api/cli/cli.h"

#include "api/app.h"
#include "api/flows/replay.h"
#include "audit/signature.h"
#include "base/cleanup.h"
#include "db/connection.h"
#include "scoring/cashflow.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "audit"
static const char USAGE[] =
    "zcd audit export --to DIR [--from INDEX] [--with-documents]\n"
    "       Writes the log as a folder of tiles (c2sp.org/tlog-tiles), checked against the newest checkpoint. A run "
    "that was\n"
    "       interrupted goes on where it ended. With --from, records before INDEX (rounded down to 256) are left out.\n"
    "       --with-documents adds what the records name, as DIR/documents/SHA256: what zcd log import needs.\n"
    "zcd audit replay [--from INDEX] [--to INDEX]\n"
    "       Decides again on every record from INDEX to before INDEX (all of the log where not given), from the "
    "documents\n"
    "       that it names, and compares. One line of JSON for each that is not equal. Ends with 70 when any came out\n"
    "       differently, with 75 when any could not be replayed here (another engine decided, or documents are "
    "missing).";

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

static void free_workspace(struct cashflow_workspace **workspace)
{
    cashflow_workspace_free(*workspace);
}

struct request;
typedef enum zcd_code run_command(struct log *log, struct db *db, const struct request *request, int *status,
                                  struct zcd_error *err);

struct request {
    run_command *run;
    const char *folder;
    uint64_t from, to;
    bool has_to, with_documents;
};

/* ------------------------------------------------------------------ commands */

static enum zcd_code export(struct log *log, struct db *db, const struct request *request, int *status,
                            struct zcd_error *err) {
    struct log_exported exported;
    uint64_t documents = 0;
    enum zcd_code code = log_export(log, db, request->folder, request->from, &exported, err);

    (void)status;
    if (code == ZCD_OK && request->with_documents)
        code = log_export_documents(log, db, request->folder, request->from, &documents, err);
    if (code != ZCD_OK)
        return code;
    (void)printf("exported %" PRIu64 " records: %" PRIu64 " files written, %" PRIu64 " kept", exported.checkpoint.size,
                 exported.files_written, exported.files_kept);
    if (request->with_documents)
        (void)printf("; %" PRIu64 " documents written", documents);
    (void)puts("");
    return ZCD_OK;
}

enum { REPLAY_STATUSES = REPLAY_NO_DECISION + 1 };

static enum zcd_code replay_one(struct log *log, struct db *db, uint64_t index, struct cashflow_workspace *workspace,
                                uint64_t counts[REPLAY_STATUSES], struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    struct replay replay;

    enum zcd_code code = replay_record(log, db, index, workspace, &arena, &replay, err);
    if (code != ZCD_OK)
        return code;
    counts[replay.status]++;
    if (replay.status == REPLAY_EQUAL || replay.status == REPLAY_NO_DECISION)
        return ZCD_OK;
    replay_encode(&replay, &json);
    (void)puts((const char *)json.data);
    return ZCD_OK;
}

/* One line for people; no_decision are records of other kinds. */
static void print_counts(const uint64_t counts[REPLAY_STATUSES])
{
    for (int i = 0; i < REPLAY_STATUSES; i++)
        (void)fprintf(stderr, "%s%s %" PRIu64, i == 0 ? "" : ", ", replay_status_name((enum replay_status)i),
                      counts[i]);
    (void)fprintf(stderr, "\n");
}

static enum zcd_code replay(struct log *log, struct db *db, const struct request *request, int *status,
                            struct zcd_error *err)
{
    ZCD_AUTO(free_workspace)
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    uint64_t counts[REPLAY_STATUSES] = {0};
    struct checkpoint checkpoint = {.size = 0};

    enum zcd_code code = log_read_checkpoint(log, &note, &checkpoint, err);
    uint64_t to = request->has_to ? request->to : checkpoint.size;
    for (uint64_t index = request->from; code == ZCD_OK && index < to; index++)
        code = replay_one(log, db, index, workspace, counts, err);
    if (code != ZCD_OK)
        return code;
    print_counts(counts);
    if (counts[REPLAY_DIFFERENT] > 0)
        *status = CLI_SOFTWARE;
    else if (counts[REPLAY_ANOTHER_ENGINE] + counts[REPLAY_NO_DOCUMENTS] > 0)
        *status = CLI_CONFLICT;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ words */

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

static bool read_options(int count, char **words, const char *to_text, struct request *request)
{
    if (optind + 1 != count)
        return false;
    if (strcmp(words[optind], "export") == 0) {
        request->run = export;
        request->folder = to_text;
        return to_text != NULL;
    }
    if (request->with_documents)
        return false;
    request->run = replay;
    request->has_to = to_text != NULL;
    return strcmp(words[optind], "replay") == 0 && (to_text == NULL || read_index(to_text, &request->to));
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"to", required_argument, NULL, 't'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"with-documents", no_argument, NULL, 'd'},
                                            {NULL, 0, NULL, 0}};
    const char *to_text = NULL;
    int option;

    *request = (struct request){.run = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 't')
            to_text = optarg;
        else if (option == 'd')
            request->with_documents = true;
        else if (option != 'f' || !read_index(optarg, &request->from))
            return false;
    }
    return read_options(count, words, to_text, request);
}

/* ------------------------------------------------------------------ run */

/* Under the service's own role, which may not change anything that stands in the log. */
static enum zcd_code connect(const struct config *config, struct db **db, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->database_url,
                                       .role = DB_APPLICATION_ROLE,
                                       .application_name = "zcd audit",
                                       .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    return db_connect(&options, db, err);
}

static enum zcd_code run(const struct config *config, const struct request *request, int *status, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    ZCD_AUTO(close_log)
    struct log *log = NULL;
    ZCD_AUTO(close_db)
    struct db *db = NULL;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK)
        code = app_load_key(config, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct log_config log_config = app_log_config(config, key);
    code = log_open_reader(&log_config, &log, err);
    if (code == ZCD_OK)
        code = connect(config, &db, err);
    return code == ZCD_OK ? request->run(log, db, request, status, err) : code;
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
    if (run(&config, &request, &status, &err) != ZCD_OK)
        return cli_fail(COMMAND, &err);
    int finished = cli_finish(COMMAND);
    return finished != CLI_OK ? finished : status;
}
