#include "api/cli/cli.h"

#include "api/app.h"
#include "api/file.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "audit/signature.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "log"
static const char USAGE[] =
    "zcd log import --from DIR\n"
    "       Puts back the records that the database lost, from a folder that zcd audit export or zcd mirror made, "
    "after checking\n"
    "       all of it against the newest signed checkpoint. The services are stopped meanwhile.\n"
    "zcd log open-origin --after FILE --key VKEY\n"
    "       Begins a new log, under a new ZCD_ORIGIN and ZCD_CHECKPOINT_STORE, in a new database: its first record "
    "holds FILE, the\n"
    "       last checkpoint of the log before it, which VKEY signed.\n"
    "zcd log init-checkpoint-store --i-am-sure-that-no-leaf-is-lost\n"
    "       Signs the database's present state as the first checkpoint of ZCD_CHECKPOINT_STORE. Only for a store whose "
    "file\n"
    "       was lost: if leaves that were once signed are missing, nothing will ever notice again.";

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static void close_log(struct log **log)
{
    log_close(*log);
}

struct request {
    const char *from, *after, *vkey;
    bool is_sure;
};

/* ------------------------------------------------------------------ commands */

typedef enum zcd_code run_command(const struct log_config *log, const struct request *request, struct zcd_error *err);

static enum zcd_code init_checkpoint_store(const struct log_config *config, const struct request *request,
                                           struct zcd_error *err)
{
    struct checkpoint checkpoint;
    enum zcd_code code = log_checkpoint_store_init(config, &checkpoint, err);

    (void)request;
    if (code == ZCD_OK)
        (void)printf("signed a checkpoint of %llu leaves\n", (unsigned long long)checkpoint.size);
    return code;
}

static enum zcd_code import(const struct log_config *config, const struct request *request, struct zcd_error *err)
{
    struct log_imported imported;
    enum zcd_code code = log_import(config, request->from, &imported, err);

    if (code == ZCD_OK)
        (void)printf("put back %" PRIu64 " records and %" PRIu64 " documents; %" PRIu64
                     " documents are not in the folder\n",
                     imported.leaves, imported.documents, imported.documents_missing);
    return code;
}

/* The last word of the log before: signed by its key, and under another name than the new one. */
static enum zcd_code read_checkpoint(const struct log_config *config, const struct request *request,
                                     struct buffer *note, struct zcd_error *err)
{
    struct note_vkey vkey;
    struct checkpoint checkpoint;
    struct zcd_error reason;

    enum zcd_code code = file_read(request->after, NOTE_SIZE_MAX, note, err);
    if (code == ZCD_OK)
        code = note_vkey_parse(request->vkey, &vkey, err);
    if (code != ZCD_OK)
        return code;
    if (checkpoint_verify(buffer_bytes(note), &vkey, &checkpoint, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "the file is not a checkpoint that this key signed: %.160s", reason.message);
    if (strcmp(checkpoint.origin, config->origin) == 0)
        return zcd_fail(err, ZCD_INVALID, "ZCD_ORIGIN is still the name of the log before");
    return ZCD_OK;
}

static enum zcd_code open_origin(const struct log_config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    ZCD_AUTO(close_log)
    struct log *log = NULL;
    struct log_entry entry = {.document_count = 0};
    struct log_counts counts;
    uint64_t index;

    enum zcd_code code = read_checkpoint(config, request, &note, err);
    if (code == ZCD_OK)
        code = log_open(config, &log, err);
    if (code != ZCD_OK)
        return code;
    log_count(log, &counts);
    if (counts.signed_size > 0)
        return zcd_fail(err, ZCD_CONFLICT, "the log has %llu records already: it began without the one before it",
                        (unsigned long long)counts.signed_size);
    buffer_append_text(&body, "{\"checkpoint\":");
    canonical_json_append_string(&body, buffer_bytes(&note));
    buffer_append_text(&body, "}");
    submit_prepare(&entry.record, RECORD_ORIGIN_OPENED, "zcd", "operator");
    entry.record.body = buffer_bytes(&body);
    code = submit_and_wait(log, &entry, &index, err);
    if (code == ZCD_OK)
        (void)printf("%s begins where the log before ended\n", config->origin);
    return code;
}

/* ------------------------------------------------------------------ words */

static run_command *read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"from", required_argument, NULL, 'f'},
                                            {"after", required_argument, NULL, 'a'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"i-am-sure-that-no-leaf-is-lost", no_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.from = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'f':
            request->from = optarg;
            break;
        case 'a':
            request->after = optarg;
            break;
        case 'k':
            request->vkey = optarg;
            break;
        case 's':
            request->is_sure = true;
            break;
        default:
            return NULL;
        }
    }
    if (optind + 1 != count)
        return NULL;
    if (strcmp(words[optind], "import") == 0 && request->from != NULL)
        return import;
    if (strcmp(words[optind], "open-origin") == 0 && request->after != NULL && request->vkey != NULL)
        return open_origin;
    return strcmp(words[optind], "init-checkpoint-store") == 0 && request->is_sure ? init_checkpoint_store : NULL;
}

static enum zcd_code run(const struct config *config, run_command *command, const struct request *request,
                         struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK)
        code = app_load_key(config, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct log_config log = app_log_config(config, key);
    return command(&log, request, err);
}

int cli_log(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct request request;
    struct zcd_error err;
    run_command *command = read_request(count, words, &request);

    if (command == NULL)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    return run(&config, command, &request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
