#include "api/cli/cli.h"

#include "audit/note.h"
#include "audit/signature.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "key"
static const char USAGE[] = "zcd key new|show [FILE] [--name ORIGIN]\n"
                            "       FILE and ORIGIN are ZCD_KEY_FILE and ZCD_ORIGIN when not given";

struct request {
    bool makes_new;
    const char *file;
    const char *name;
};

static bool read_request(int count, char **words, const struct config *config, struct request *request)
{
    static const struct option OPTIONS[] = {{"name", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.file = config->key_file, .name = config->origin};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option != 'n')
            return false;
        request->name = optarg;
    }
    int left = count - optind;
    if (left < 1 || left > 2 || (strcmp(words[optind], "new") != 0 && strcmp(words[optind], "show") != 0))
        return false;
    request->makes_new = strcmp(words[optind], "new") == 0;
    if (left == 2)
        request->file = words[optind + 1];
    return request->file != NULL && request->name != NULL;
}

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static enum zcd_code print_vkey(const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    struct note_vkey vkey;
    char text[NOTE_VKEY_SIZE];

    enum zcd_code code = signature_key_load(request->file, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct signature_public_key public_key = signature_key_public(key);
    code = note_vkey_init(request->name, &public_key, &vkey, err);
    if (code == ZCD_OK)
        (void)puts(note_vkey_format(&vkey, text));
    return code;
}

/* The name is looked at first: a key that nothing can be called by would be no use. */
static enum zcd_code run(const struct request *request, struct zcd_error *err)
{
    if (!note_name_is_valid(bytes_of_text(request->name)))
        return zcd_fail(err, ZCD_INVALID, "the name cannot be a key's: no spaces, no '+', at most 255 bytes");
    if (request->makes_new) {
        enum zcd_code code = signature_key_generate(request->file, err);
        if (code != ZCD_OK)
            return code;
    }
    return print_vkey(request, err);
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
    if (!read_request(count, words, &config, &request))
        return cli_usage(USAGE);
    return run(&request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
