#include "api/cli/cli.h"

#include "api/app.h"
#include "api/clock.h"
#include "api/flows/disclosure.h"
#include "api/flows/erasure.h"
#include "api/flows/replay.h"
#include "audit/canonical_json.h"
#include "audit/signature.h"
#include "base/cleanup.h"
#include "contracts/personal_value_store.h"
#include "db/connection.h"
#include "scoring/cashflow.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "audit"
static const char USAGE[] =
    "zcd audit export --to DIR [--from INDEX] [--with-documents] [--reason TEXT]\n"
    "       Writes the log as a folder of tiles (c2sp.org/tlog-tiles), checked against the newest checkpoint. A run "
    "that was\n"
    "       interrupted goes on where it ended. With --from, records before INDEX (rounded down to 256) are left out.\n"
    "       --with-documents adds what the records name, as DIR/documents/SHA256: what zcd log import needs.\n"
    "       The export is recorded first. The --reason stands in the record as a commitment and can be erased.\n"
    "zcd audit value COMMITMENT\n"
    "       Prints salt and value behind a commitment (hexadecimal, as in a record), and records that it was read.\n"
    "zcd audit erase COMMITMENT --basis CODE\n"
    "       Erases them for good, and records that, with the legal basis, e.g. pipl_47. No proof is affected.\n"
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
    bool writes; /* a record of its own */
    const char *reason, *basis;
    struct sha256 commitment;
};

/* ------------------------------------------------------------------ commands */

static enum zcd_code export(struct log *log, struct db *db, const struct request *request, int *status,
                            struct zcd_error *err)
{
    struct log_exported exported;
    uint64_t documents = 0, index;

    (void)status;
    enum zcd_code code = erasure_record_export(log, request->from, request->reason, &index, err);
    if (code == ZCD_OK)
        code = log_export(log, db, request->folder, request->from, &exported, err);
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

/* That an organisation's value was read; one of the log's own is nobody's. */
static enum zcd_code record_value_read(struct log *log, struct db *db, const struct personal_value_row *row,
                                       struct arena *arena, struct zcd_error *err)
{
    struct disclosed disclosed = {.index = row->log_index};
    struct reading reading = {
        .form = "value", .caller = "zcd", .role = "operator", .shown = &disclosed, .shown_count = 1};
    enum zcd_code code = row->uscc[0] == '\0' ? ZCD_OK : uscc_parse(row->uscc, &disclosed.uscc, err);

    return code == ZCD_OK ? disclosure_record_and_wait(log, db, clock_now_us(), arena, &reading, err) : code;
}

static enum zcd_code print_value(struct log *log, struct db *db, const struct request *request, int *status,
                                 struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    struct personal_value_row row;
    char salt[SHA256_TEXT_SIZE];
    enum zcd_code code = personal_value_store_find(db, request->commitment.bytes, &arena, &row, err);

    (void)status;
    if (code == ZCD_OK)
        code = record_value_read(log, db, &row, &arena, err);
    if (code != ZCD_OK)
        return code;
    hex_encode(row.salt, sizeof row.salt, salt);
    buffer_append_format(&json, "{\"log_index\":%" PRIu64 ",\"salt\":\"%s\",\"value\":", row.log_index, salt);
    canonical_json_append_string(&json, bytes_of_text(row.value));
    (void)printf("%s}\n", (const char *)json.data);
    return ZCD_OK;
}

static enum zcd_code erase(struct log *log, struct db *db, const struct request *request, int *status,
                           struct zcd_error *err)
{
    uint64_t index;
    enum zcd_code code = erasure_record(log, db, &request->commitment, request->basis, &index, err);

    (void)status;
    if (code == ZCD_OK)
        (void)printf("erased; record %" PRIu64 " says so\n", index);
    return code;
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

/* What follows the sub-command's name: a commitment, or nothing. */
static bool read_commitment(int count, char **words, struct request *request)
{
    struct zcd_error ignored;

    if (optind + 2 != count)
        return false;
    const char *text = words[optind + 1];
    return hex_decode(text, strlen(text), request->commitment.bytes, SHA256_SIZE, &ignored) == ZCD_OK;
}

static bool choose_export(int count, const char *to_text, struct request *request)
{
    request->run = export;
    request->folder = to_text;
    request->writes = true;
    return optind + 1 == count && to_text != NULL && request->basis == NULL;
}

static bool choose_replay(int count, const char *to_text, struct request *request)
{
    request->run = replay;
    request->has_to = to_text != NULL;
    return optind + 1 == count && !request->with_documents && request->reason == NULL && request->basis == NULL
           && (to_text == NULL || read_index(to_text, &request->to));
}

static bool choose_command(int count, char **words, const char *to_text, struct request *request)
{
    if (optind >= count)
        return false;
    if (strcmp(words[optind], "export") == 0)
        return choose_export(count, to_text, request);
    if (strcmp(words[optind], "replay") == 0)
        return choose_replay(count, to_text, request);
    bool erases = strcmp(words[optind], "erase") == 0;
    request->run = erases ? erase : print_value;
    request->writes = true;
    return (erases || strcmp(words[optind], "value") == 0) && erases == (request->basis != NULL)
           && read_commitment(count, words, request);
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"to", required_argument, NULL, 't'},       {"from", required_argument, NULL, 'f'},
        {"with-documents", no_argument, NULL, 'd'}, {"reason", required_argument, NULL, 'r'},
        {"basis", required_argument, NULL, 'b'},    {NULL, 0, NULL, 0}};
    const char *to_text = NULL;
    int option;

    *request = (struct request){.run = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 't')
            to_text = optarg;
        else if (option == 'd')
            request->with_documents = true;
        else if (option == 'r')
            request->reason = optarg;
        else if (option == 'b')
            request->basis = optarg;
        else if (option != 'f' || !read_index(optarg, &request->from))
            return false;
    }
    return choose_command(count, words, to_text, request);
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
    code = request->writes ? log_open(&log_config, &log, err) : log_open_reader(&log_config, &log, err);
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
