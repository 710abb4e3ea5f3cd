#include "api/cli/cli.h"

#include "api/file.h"
#include "api/flows/mirror.h"
#include "base/cleanup.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "mirror"
static const char USAGE[] = "zcd mirror URL DIR --key VKEY [--token-file FILE]\n"
                            "       Copies the log at URL (its /log) into a folder of tiles, verified from its records "
                            "to the signed root; goes on\n"
                            "       where an earlier run ended. What does not continue the copy is refused.";

enum { TOKEN_SIZE_MAX = 1024 };

struct request {
    struct mirror_request mirror;
    const char *vkey, *token_file;
};

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"key", required_argument, NULL, 'k'}, {"token-file", required_argument, NULL, 't'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.vkey = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'k')
            request->vkey = optarg;
        else if (option == 't')
            request->token_file = optarg;
        else
            return false;
    }
    if (optind + 2 != count || request->vkey == NULL)
        return false;
    request->mirror.url = words[optind];
    request->mirror.folder = words[optind + 1];
    return true;
}

static enum zcd_code run(struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer token = {0};
    struct note_vkey vkey;
    struct mirrored mirrored;

    enum zcd_code code = note_vkey_parse(request->vkey, &vkey, err);
    if (code == ZCD_OK && request->token_file != NULL) {
        code = file_read(request->token_file, TOKEN_SIZE_MAX, &token, err);
        if (code == ZCD_OK)
            token.data[strcspn((const char *)token.data, "\r\n")] = '\0';
        request->mirror.token = (const char *)token.data;
    }
    request->mirror.vkey = &vkey;
    if (code == ZCD_OK)
        code = mirror(&request->mirror, &mirrored, err);
    if (code == ZCD_OK)
        (void)printf("copied %" PRIu64 " records: %" PRIu64 " files of records fetched, %" PRIu64 " kept\n",
                     mirrored.checkpoint.size, mirrored.bundles_fetched, mirrored.bundles_kept);
    return code;
}

int cli_mirror(int count, char **words)
{
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    return run(&request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
