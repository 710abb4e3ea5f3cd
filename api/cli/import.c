#include "api/cli/cli.h"

#include "api/cli/import_print.h"
#include "audit/sha256.h"
#include "base/cleanup.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "import"
static const char USAGE[] =
    "zcd import FILE --kind ocds|dossier --dry-run [--organisation KEY] [--json]\n"
    "       Says what the file can tell, what of it would be kept, and what not and why, line by line. KEY is a USCC, or\n"
    "       SCHEME:ID as a publisher abroad gives it: only that organisation's facts. Needs no database.";

struct request {
    const char *path, *kind;
    const char *organisation;
    bool is_dry_run, is_json;
};

static enum zcd_code open_file(const char *path, FILE **file, struct zcd_error *err)
{
    *file = fopen(path, "rbe");
    if (*file == NULL)
        return zcd_fail(err, ZCD_NOT_FOUND, "%.160s cannot be opened: %s", path, strerror(errno));
    return ZCD_OK;
}

static enum zcd_code dry_run(const struct request *request, struct import_source *source, struct zcd_error *err)
{
    char digest_text[SHA256_TEXT_SIZE];
    struct sha256 digest;
    struct import_told told;
    struct import_print print;
    enum zcd_code code = import_print_begin(request->is_json, &print, err);
    const struct import_sink lines = {.take_line = import_print_take_line, .context = &print};
    struct import_counter *counter = import_counter_new(&lines);
    struct import_outcome outcome = {.source = source, .told = &told, .is_dry_run = true};

    if (code == ZCD_OK)
        code = import_digest(source->file, &digest, err);
    if (code == ZCD_OK)
        code = import_read(source, import_counter_sink(counter), &told, err);
    outcome.counts = import_counter_counts(counter);
    if (code == ZCD_OK) {
        outcome.file_sha256 = sha256_format(&digest, digest_text);
        code = import_print_all(&print, &outcome, err);
    }
    import_counter_free(counter);
    import_print_done(&print);
    return code;
}

static enum zcd_code run(const struct request *request, struct zcd_error *err)
{
    struct import_source source = {.kind = import_kind_find(request->kind), .organisation = request->organisation};
    enum zcd_code code = open_file(request->path, &source.file, err);

    if (code != ZCD_OK)
        return code;
    code = dry_run(request, &source, err);
    (void)fclose(source.file);
    return code;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"kind", required_argument, NULL, 'k'},
                                            {"organisation", required_argument, NULL, 'o'},
                                            {"dry-run", no_argument, NULL, 'd'},
                                            {"json", no_argument, NULL, 'j'},
                                            {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.kind = ""};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'k')
            request->kind = optarg;
        else if (option == 'o')
            request->organisation = optarg;
        else if (option == 'd')
            request->is_dry_run = true;
        else if (option == 'j')
            request->is_json = true;
        else
            return false;
    }
    if (optind + 1 != count)
        return false;
    request->path = words[optind];
    return import_kind_find(request->kind) != IMPORT_KIND_NONE && request->is_dry_run;
}

int cli_import(int count, char **words)
{
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    if (run(&request, &err) == ZCD_OK)
        return cli_finish(COMMAND);
    int status = cli_fail(COMMAND, &err);
    return err.code == ZCD_INVALID ? CLI_REFUSED : status;
}
