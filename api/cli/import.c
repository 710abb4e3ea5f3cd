#include "api/cli/cli.h"

#include "api/app.h"
#include "api/cli/import_print.h"
#include "api/flows/import_file.h"
#include "api/flows/matching.h"
#include "api/identity/caller.h"
#include "api/identity/user_store.h"
#include "audit/signature.h"
#include "audit/sha256.h"
#include "base/cleanup.h"
#include "db/connection.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "import"
static const char USAGE[] =
    "zcd import FILE --kind ocds|dossier|statement|notice --dry-run [--organisation KEY] [--json]\n"
    "       Says what the file can tell, what of it would be kept, and what not and why, line by line. KEY is a USCC, or\n"
    "       SCHEME:ID as a publisher abroad gives it: only that organisation's facts; a statement and a notice need it. Needs\n"
    "       no database, so that no receipt of a statement is matched.\n"
    "zcd import FILE --kind ocds|dossier|statement|notice --user ID [--organisation KEY] [--json]\n"
    "       Keeps it for the user's lender, on record, in one transaction. The same file again changes nothing. Receipts of a\n"
    "       statement become payments of the milestones that the lender knows, or wait for a person.\n"
    "zcd import --withdraw NUMBER --user ID\n"
    "       Takes an import back, as a new fact: what stood before it stands again.";

struct request {
    const char *path, *kind;
    const char *organisation, *user;
    int64_t withdraw; /* 0: none */
    bool is_dry_run, is_json;
};

static enum zcd_code open_file(const char *path, FILE **file, struct zcd_error *err)
{
    *file = fopen(path, "rbe");
    if (*file == NULL)
        return zcd_fail(err, ZCD_NOT_FOUND, "%.160s cannot be opened: %s", path, strerror(errno));
    return ZCD_OK;
}

/* ------------------------------------------------------------------------ who and where */

/* What it takes to keep anything. */
struct keeper {
    struct arena arena;
    struct config config;
    struct signature_key *key;
    struct import_actor actor;
};

static enum zcd_code find_actor(const struct config *config, const char *user, struct arena *arena,
                                struct import_actor *actor, struct zcd_error *err)
{
    struct db *db = NULL;
    struct user_row row;
    enum zcd_code code = cli_connect(config, &db, err);

    if (code == ZCD_OK)
        code = user_store_find(db, user, arena, &row, err);
    db_close(db);
    if (code != ZCD_OK)
        return code;
    if (row.lender == NULL || row.is_disabled)
        return zcd_fail(err, ZCD_INVALID, "the user is no lender's, or disabled: facts belong to a lender");
    *actor = (struct import_actor){
        .id = row.id, .role = caller_role_name(caller_role_first(row.roles)), .lender = row.lender};
    return ZCD_OK;
}

static void close_keeper(struct keeper *keeper)
{
    signature_key_free(keeper->key);
    arena_done(&keeper->arena);
}

static enum zcd_code open_keeper(const struct request *request, struct keeper *keeper, struct zcd_error *err)
{
    extern char **environ; /* POSIX declares it nowhere */

    if (config_read(environ, &keeper->arena, &keeper->config, err) != ZCD_OK
        || config_check_serve(&keeper->config, err) != ZCD_OK || app_load_key(&keeper->config, &keeper->key, err) != ZCD_OK)
        return err->code;
    return find_actor(&keeper->config, request->user, &keeper->arena, &keeper->actor, err);
}

/* --------------------------------------------------------------------------- importing */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Read, and where there is a keeper, keep. */
static enum zcd_code import_file(struct import_file *file, const struct keeper *keeper, struct import_print *print,
                                 struct zcd_error *err)
{
    char digest_text[SHA256_TEXT_SIZE];
    struct import_result result = {.is_changed = false};
    struct matching_result matched_again = {0};
    enum zcd_code code = import_file_begin(file, err);

    if (code == ZCD_OK && keeper == NULL)
        code = import_file_read(file, err);
    if (code == ZCD_OK && keeper != NULL) {
        const struct log_config log = app_log_config(&keeper->config, keeper->key);
        code = import_file_keep(file, &log, &keeper->actor, NULL, &result, err);
        if (code == ZCD_OK)
            code = matching_run(file->db, &log, &keeper->actor, &matched_again, err);
    }
    if (code != ZCD_OK)
        return code;
    const struct import_outcome outcome = {.source = &file->source,
                                           .told = &file->told,
                                           .counts = import_counter_counts(file->counter),
                                           .file_sha256 = sha256_format(&file->digest, digest_text),
                                           .is_dry_run = keeper == NULL,
                                           .is_changed = result.is_changed,
                                           .import = result.import,
                                           .added = result.added,
                                           .record = result.record,
                                           .matched_again = matched_again.matched};
    return import_print_all(print, &outcome, err);
}

static enum zcd_code attempt(const struct request *request, FILE *opened, struct keeper *keeper, struct zcd_error *err)
{
    struct import_print print = {.lines = NULL};
    const struct import_sink lines = {.take_line = import_print_take_line, .context = &print};
    struct import_file file = {
        .source = {.kind = import_kind_find(request->kind), .file = opened, .organisation = request->organisation},
        .name = name_of(request->path),
        .is_dry_run = keeper == NULL,
        .lines = &lines};
    enum zcd_code code = import_print_begin(request->is_json, &print, err);

    if (code == ZCD_OK && keeper != NULL) {
        file.lender = keeper->actor.lender;
        code = cli_connect(&keeper->config, &file.db, err);
    }
    if (code == ZCD_OK)
        code = import_file(&file, keeper, &print, err);
    import_file_done(&file);
    import_print_done(&print);
    db_close(file.db);
    return code;
}

static enum zcd_code run_file(const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(close_keeper)
    struct keeper keeper = {.key = NULL};
    enum import_kind kind = import_kind_find(request->kind);
    bool is_read_against = kind == IMPORT_KIND_STATEMENT || kind == IMPORT_KIND_NOTICE;
    FILE *file;
    enum zcd_code code = open_file(request->path, &file, err);

    if (code != ZCD_OK)
        return code;
    if (!request->is_dry_run)
        code = open_keeper(request, &keeper, err);
    if (code == ZCD_OK)
        code = attempt(request, file, request->is_dry_run ? NULL : &keeper, err);
    for (int i = 1; i < IMPORT_FILE_ATTEMPTS && code == ZCD_CONFLICT && is_read_against; i++)
        code = attempt(request, file, &keeper, err);
    (void)fclose(file);
    return code;
}

/* ------------------------------------------------------------------------- withdrawing */

/* What was taken back may have been what receipts of statements were matched with, or kept them from it. */
static enum zcd_code match_again(const struct keeper *keeper, const struct log_config *log, struct zcd_error *err)
{
    struct matching_result unused;
    struct db *db = NULL;
    enum zcd_code code = cli_connect(&keeper->config, &db, err);

    if (code == ZCD_OK)
        code = matching_run(db, log, &keeper->actor, &unused, err);
    db_close(db);
    return code;
}

static enum zcd_code run_withdrawal(const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(close_keeper)
    struct keeper keeper = {.key = NULL};
    struct import_result result;
    enum zcd_code code = open_keeper(request, &keeper, err);

    const struct log_config log = app_log_config(&keeper.config, keeper.key);
    if (code == ZCD_OK)
        code = import_withdraw(&log, &keeper.actor, request->withdraw, NULL, &result, err);
    if (code == ZCD_OK)
        code = match_again(&keeper, &log, err);
    if (code == ZCD_OK)
        (void)printf("{\"import\":%" PRId64 ",\"record\":%" PRIu64 ",\"withdraws\":%" PRId64 "}\n", result.import,
                     result.record, request->withdraw);
    return code;
}

/* ------------------------------------------------------------------------------- words */

static bool is_complete(int count, char **words, struct request *request)
{
    if (request->withdraw != 0)
        return optind == count && request->withdraw > 0 && request->user != NULL && *request->kind == '\0'
               && !request->is_dry_run;
    if (optind + 1 != count)
        return false;
    request->path = words[optind];
    return import_kind_find(request->kind) != IMPORT_KIND_NONE && request->is_dry_run == (request->user == NULL);
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"kind", required_argument, NULL, 'k'},
                                            {"organisation", required_argument, NULL, 'o'},
                                            {"user", required_argument, NULL, 'u'},
                                            {"withdraw", required_argument, NULL, 'w'},
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
        else if (option == 'u')
            request->user = optarg;
        else if (option == 'w')
            request->withdraw = strtoll(optarg, NULL, 10);
        else if (option == 'd')
            request->is_dry_run = true;
        else if (option == 'j')
            request->is_json = true;
        else
            return false;
    }
    return is_complete(count, words, request);
}

int cli_import(int count, char **words)
{
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    enum zcd_code code = request.withdraw != 0 ? run_withdrawal(&request, &err) : run_file(&request, &err);
    if (code == ZCD_OK)
        return cli_finish(COMMAND);
    int status = cli_fail(COMMAND, &err);
    return code == ZCD_INVALID ? CLI_REFUSED : status;
}
