#include "api/cli/cli.h"

#include "api/app.h"
#include "api/file.h"
#include "api/flows/witnessing.h"
#include "api/notice.h"
#include "api/witness_server.h"
#include "audit/note.h"
#include "audit/signature.h"
#include "base/cleanup.h"
#include "db/connection.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMAND "witness"
static const char USAGE[] =
    "zcd witness serve --listen ADDRESS --state DIR --key-file FILE --name NAME --log VKEY [--log VKEY ...]\n"
    "       Serves as a witness of other people's logs (c2sp.org/tlog-witness): cosigns a checkpoint only when it "
    "continues\n"
    "       the one that it cosigned last, which it keeps in DIR.\n"
    "zcd witness show --key-file FILE --name NAME\n"
    "       Prints the witness's public key. Make the key with: zcd key new FILE --name NAME\n"
    "zcd witness submit [--every SECONDS]\n"
    "       Takes this log's newest checkpoint to the witnesses of ZCD_WITNESS_POLICY and to ZCD_TIMESTAMP_URL, and "
    "publishes it\n"
    "       when the quorum has cosigned it: beside ZCD_CHECKPOINT_STORE, with /log/checkpoint and in bundles.";

enum { LOGS_MAX = 32, EVERY_MAX_S = 86400, STATEMENT_TIMEOUT_MS = 60 * 1000 };

struct request {
    const char *verb;
    const char *listen, *state, *key_file, *name;
    const char *log[LOGS_MAX];
    size_t log_count;
    unsigned every_s; /* 0: once */
};

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static void close_log(struct log **log)
{
    log_close(*log);
}

static void close_db(struct db **db)
{
    db_close(*db);
}

static void free_policy(struct witness_policy **policy)
{
    free(*policy);
}

/* ------------------------------------------------------------------ serve, show */

static enum zcd_code show(const struct config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    struct note_vkey vkey;
    char text[NOTE_VKEY_SIZE];

    (void)config;
    enum zcd_code code = signature_key_load(request->key_file, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct signature_public_key public_key = signature_key_public(key);
    code = note_vkey_init_cosignature(request->name, &public_key, &vkey, err);
    if (code == ZCD_OK)
        (void)puts(note_vkey_format(&vkey, text));
    return code;
}

static enum zcd_code read_logs(const struct request *request, struct note_vkey logs[LOGS_MAX], struct zcd_error *err)
{
    for (size_t i = 0; i < request->log_count; i++) {
        enum zcd_code code = note_vkey_parse(request->log[i], &logs[i], err);
        if (code == ZCD_OK && logs[i].algorithm != NOTE_ED25519)
            code = zcd_fail(err, ZCD_INVALID, "--log takes Ed25519 keys of logs");
        for (size_t j = 0; code == ZCD_OK && j < i; j++) {
            if (strcmp(logs[i].name, logs[j].name) == 0)
                code = zcd_fail(err, ZCD_INVALID, "two keys of one log: %.150s", logs[i].name);
        }
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

static enum zcd_code serve(const struct config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    struct note_vkey logs[LOGS_MAX];

    (void)config;
    if (!note_name_is_valid(bytes_of_text(request->name)))
        return zcd_fail(err, ZCD_INVALID, "the name cannot be a key's: no spaces, no '+', at most 255 bytes");
    enum zcd_code code = read_logs(request, logs, err);
    if (code == ZCD_OK)
        code = signature_key_load(request->key_file, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct witness_config witness = {.listen = request->listen,
                                           .folder = request->state,
                                           .name = request->name,
                                           .key = key,
                                           .logs = logs,
                                           .log_count = request->log_count};
    return witness_serve(&witness, err);
}

/* ------------------------------------------------------------------ submit */

static void report(const struct witnessed *witnessed)
{
    struct notice line;

    for (size_t i = 0; i < witnessed->problem_count; i++) {
        notice_begin(&line, "witness");
        notice_text(&line, "code", zcd_code_name(witnessed->problem[i].code));
        notice_text(&line, "detail", witnessed->problem[i].message);
        notice_write(&line);
    }
    if (witnessed->cosigned == 0 && !witnessed->is_timestamped)
        return;
    (void)printf("%" PRIu64 " records: %zu cosignatures, %zu witnesses failed%s%s\n", witnessed->size,
                 witnessed->cosigned, witnessed->failed, witnessed->is_timestamped ? ", timestamped" : "",
                 witnessed->is_published ? "" : "; not published");
    (void)fflush(stdout);
}

static enum zcd_code read_policy(const struct config *config, struct witness_policy **policy, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    if (config->witness_policy == NULL)
        return ZCD_OK;
    enum zcd_code code = file_read(config->witness_policy, WITNESS_POLICY_SIZE_MAX, &text, err);
    if (code != ZCD_OK)
        return code;
    *policy = malloc(sizeof **policy);
    if (*policy == NULL)
        abort();
    return witness_policy_parse(buffer_bytes(&text), *policy, err);
}

static enum zcd_code connect_reader(const struct config *config, struct db **db, struct zcd_error *err)
{
    const struct db_options options = {.conninfo = config->database_url,
                                       .role = DB_APPLICATION_ROLE,
                                       .application_name = "zcd witness",
                                       .statement_timeout_ms = STATEMENT_TIMEOUT_MS};
    return db_connect(&options, db, err);
}

/* With --every, what fails now is tried again then. */
static enum zcd_code run_rounds(const struct request *request, const struct witnessing_config *witnessing,
                                struct zcd_error *err)
{
    struct witnessed witnessed;

    for (;;) {
        enum zcd_code code = db_ensure(witnessing->db, err);
        witnessed = (struct witnessed){.size = 0};
        if (code == ZCD_OK)
            code = witnessing_run(witnessing, &witnessed, err);
        report(&witnessed);
        if (request->every_s == 0)
            return code;
        if (code != ZCD_OK)
            notice("witness_round", "failed", err->message);
        (void)sleep(request->every_s);
    }
}

static enum zcd_code submit(const struct config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    ZCD_AUTO(close_log)
    struct log *log = NULL;
    ZCD_AUTO(close_db)
    struct db *db = NULL;
    ZCD_AUTO(free_policy)
    struct witness_policy *policy = NULL;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK && config->witness_policy == NULL && config->timestamp_url == NULL)
        code = zcd_fail(err, ZCD_INVALID, "neither ZCD_WITNESS_POLICY nor ZCD_TIMESTAMP_URL is given");
    if (code == ZCD_OK)
        code = read_policy(config, &policy, err);
    if (code == ZCD_OK)
        code = app_load_key(config, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct log_config log_config = app_log_config(config, key);
    code = log_open_reader(&log_config, &log, err);
    if (code == ZCD_OK)
        code = connect_reader(config, &db, err);
    const struct witnessing_config witnessing = {.log = log,
                                                 .db = db,
                                                 .policy = policy,
                                                 .timestamp_url = config->timestamp_url,
                                                 .checkpoint_path = config->checkpoint_store};
    return code == ZCD_OK ? run_rounds(request, &witnessing, err) : code;
}

/* ------------------------------------------------------------------ words */

static bool read_every(const char *text, unsigned *every_s)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*end != '\0' || value < 1 || value > EVERY_MAX_S)
        return false;
    *every_s = (unsigned)value;
    return true;
}

static bool read_option(int option, const char *value, struct request *request)
{
    switch (option) {
    case 'l':
        request->listen = value;
        return true;
    case 's':
        request->state = value;
        return true;
    case 'k':
        request->key_file = value;
        return true;
    case 'n':
        request->name = value;
        return true;
    case 'o':
        if (request->log_count == LOGS_MAX)
            return false;
        request->log[request->log_count++] = value;
        return true;
    case 'e':
        return read_every(value, &request->every_s);
    default:
        return false;
    }
}

typedef enum zcd_code run_verb(const struct config *config, const struct request *request, struct zcd_error *err);

static run_verb *find_verb(const struct request *request)
{
    const bool has_key = request->key_file != NULL && request->name != NULL;

    if (strcmp(request->verb, "serve") == 0)
        return has_key && request->listen != NULL && request->state != NULL && request->log_count > 0 ? serve : NULL;
    if (strcmp(request->verb, "show") == 0)
        return has_key ? show : NULL;
    return strcmp(request->verb, "submit") == 0 && !has_key ? submit : NULL;
}

static run_verb *read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"listen", required_argument, NULL, 'l'},
                                            {"state", required_argument, NULL, 's'},
                                            {"key-file", required_argument, NULL, 'k'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"log", required_argument, NULL, 'o'},
                                            {"every", required_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.verb = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (!read_option(option, optarg, request))
            return NULL;
    }
    if (optind + 1 != count)
        return NULL;
    request->verb = words[optind];
    return find_verb(request);
}

int cli_witness(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct request request;
    struct zcd_error err;
    run_verb *verb = read_request(count, words, &request);

    if (verb == NULL)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    return verb(&config, &request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
