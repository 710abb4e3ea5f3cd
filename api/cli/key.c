#include "api/cli/cli.h"

#include "api/app.h"
#include "api/file.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "audit/checkpoint_store.h"
#include "audit/note.h"
#include "audit/rotation.h"
#include "audit/signature.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "key"
static const char USAGE[] =
    "zcd key new|show [FILE] [--name ORIGIN] [--sm2]\n"
    "       FILE and ORIGIN are ZCD_KEY_FILE (with --sm2, ZCD_SM2_KEY_FILE) and ZCD_ORIGIN when not given.\n"
    "zcd key rotate FILE\n"
    "       Goes over from ZCD_KEY_FILE to the key in FILE: a record that both sign, and the newest checkpoint signed "
    "by "
    "both.\n"
    "       The services are stopped meanwhile, and started with ZCD_KEY_FILE naming FILE.\n"
    "zcd key successor STATEMENT --key VKEY\n"
    "       Prints the key that follows VKEY, by the statement of a key_rotated record.";

enum { CHECKPOINT_LOCK_WAIT_MS = 5000 };

struct request {
    const char *verb;
    const char *file;
    const char *name;
    const char *vkey;
    bool is_sm2;
};

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static void free_sm2_key(struct sm2_key **key)
{
    sm2_key_free(*key);
}

static void close_log(struct log **log)
{
    log_close(*log);
}

static void close_store(struct checkpoint_store **store)
{
    checkpoint_store_close(*store);
}

/* ------------------------------------------------------------------ new, show */

static enum zcd_code read_vkey(const struct request *request, struct note_vkey *vkey, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    ZCD_AUTO(free_sm2_key)
    struct sm2_key *sm2 = NULL;

    if (request->is_sm2) {
        enum zcd_code code = sm2_key_load(request->file, &sm2, err);
        if (code != ZCD_OK)
            return code;
        const struct sm2_public_key public_key = sm2_key_public(sm2);
        return note_vkey_init_sm2(request->name, &public_key, vkey, err);
    }
    enum zcd_code code = signature_key_load(request->file, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct signature_public_key public_key = signature_key_public(key);
    return note_vkey_init(request->name, &public_key, vkey, err);
}

static enum zcd_code show(const struct config *config, const struct request *request, struct zcd_error *err)
{
    struct note_vkey vkey;
    char text[NOTE_VKEY_SIZE];
    enum zcd_code code = read_vkey(request, &vkey, err);

    (void)config;
    if (code == ZCD_OK)
        (void)puts(note_vkey_format(&vkey, text));
    return code;
}

/* The name is looked at first: a key that nothing can be called by would be no use. */
static enum zcd_code make(const struct config *config, const struct request *request, struct zcd_error *err)
{
    if (!note_name_is_valid(bytes_of_text(request->name)))
        return zcd_fail(err, ZCD_INVALID, "the name cannot be a key's: no spaces, no '+', at most 255 bytes");
    enum zcd_code code =
        request->is_sm2 ? sm2_key_generate(request->file, err) : signature_key_generate(request->file, err);
    return code == ZCD_OK ? show(config, request, err) : code;
}

/* ------------------------------------------------------------------ rotate */

static enum zcd_code record_rotation(const struct log_config *log_config, struct bytes statement, uint64_t *index,
                                     struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    ZCD_AUTO(close_log)
    struct log *log = NULL;
    struct log_entry entry = {.document_count = 0};

    enum zcd_code code = log_open(log_config, &log, err);
    if (code != ZCD_OK)
        return code;
    buffer_append_text(&body, "{\"statement\":");
    canonical_json_append_string(&body, statement);
    buffer_append_text(&body, "}");
    submit_prepare(&entry.record, RECORD_KEY_ROTATED, "zcd", "operator");
    entry.record.body = buffer_bytes(&body);
    return submit_and_wait(log, &entry, index, err);
}

/* So that whoever trusts only the new key can read the newest checkpoint. */
static enum zcd_code sign_checkpoint_too(const struct config *config, const struct note_vkey *old_vkey,
                                         const struct signature_key *new_key, struct zcd_error *err)
{
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = NULL;

    enum zcd_code code = checkpoint_store_open(config->checkpoint_store, old_vkey, &store, err);
    if (code == ZCD_OK)
        code = checkpoint_store_lock(store, CHECKPOINT_LOCK_WAIT_MS, err);
    if (code != ZCD_OK)
        return code;
    code = checkpoint_store_add_signature(store, new_key, err);
    checkpoint_store_unlock(store);
    return code;
}

static enum zcd_code rotate(const struct config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *old_key = NULL;
    ZCD_AUTO(free_key)
    struct signature_key *new_key = NULL;
    ZCD_AUTO(buffer_done)
    struct buffer statement = {0};
    struct note_vkey old_vkey, new_vkey;
    char text[NOTE_VKEY_SIZE];
    uint64_t index;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK)
        code = app_load_key(config, &old_key, err);
    if (code == ZCD_OK)
        code = signature_key_load(request->file, &new_key, err);
    if (code == ZCD_OK)
        code = rotation_sign(config->origin, old_key, new_key, &statement, err);
    if (code != ZCD_OK)
        return code;
    const struct signature_public_key old_public = signature_key_public(old_key);
    const struct log_config log_config = app_log_config(config, old_key);
    code = note_vkey_init(config->origin, &old_public, &old_vkey, err);
    if (code == ZCD_OK)
        code = record_rotation(&log_config, buffer_bytes(&statement), &index, err);
    if (code == ZCD_OK)
        code = sign_checkpoint_too(config, &old_vkey, new_key, err);
    if (code == ZCD_OK)
        code = rotation_verify(buffer_bytes(&statement), &old_vkey, &new_vkey, err);
    if (code == ZCD_OK)
        (void)printf("record %" PRIu64 " says that the key is from now on\n%s\n", index,
                     note_vkey_format(&new_vkey, text));
    return code;
}

/* ------------------------------------------------------------------ successor */

static enum zcd_code successor(const struct config *config, const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct note_vkey old_vkey, new_vkey;
    char text[NOTE_VKEY_SIZE];

    (void)config;
    enum zcd_code code = note_vkey_parse(request->vkey, &old_vkey, err);
    if (code == ZCD_OK)
        code = file_read(request->file, NOTE_SIZE_MAX, &note, err);
    if (code == ZCD_OK)
        code = rotation_verify(buffer_bytes(&note), &old_vkey, &new_vkey, err);
    if (code == ZCD_OK)
        (void)puts(note_vkey_format(&new_vkey, text));
    return code;
}

/* ------------------------------------------------------------------ words */

typedef enum zcd_code run_verb(const struct config *config, const struct request *request, struct zcd_error *err);

static run_verb *find_verb(const struct request *request)
{
    const bool has_key = request->file != NULL && request->name != NULL && request->vkey == NULL;

    if (strcmp(request->verb, "new") == 0)
        return has_key ? make : NULL;
    if (strcmp(request->verb, "show") == 0)
        return has_key ? show : NULL;
    if (strcmp(request->verb, "rotate") == 0)
        return request->file != NULL && !request->is_sm2 && request->vkey == NULL ? rotate : NULL;
    if (strcmp(request->verb, "successor") == 0)
        return request->file != NULL && request->vkey != NULL ? successor : NULL;
    return NULL;
}

static run_verb *read_request(int count, char **words, const struct config *config, struct request *request)
{
    static const struct option OPTIONS[] = {{"name", required_argument, NULL, 'n'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"sm2", no_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.name = config->origin};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'n')
            request->name = optarg;
        else if (option == 'k')
            request->vkey = optarg;
        else if (option == 's')
            request->is_sm2 = true;
        else
            return NULL;
    }
    int left = count - optind;
    if (left < 1 || left > 2)
        return NULL;
    request->verb = words[optind];
    if (left == 2)
        request->file = words[optind + 1];
    else if (strcmp(request->verb, "new") == 0 || strcmp(request->verb, "show") == 0)
        request->file = request->is_sm2 ? config->sm2_key_file : config->key_file;
    return find_verb(request);
}

int cli_key(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct request request;
    struct zcd_error err;

    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    run_verb *verb = read_request(count, words, &config, &request);
    if (verb == NULL)
        return cli_usage(USAGE);
    return verb(&config, &request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
