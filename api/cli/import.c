#include "api/cli/cli.h"

#include "api/app.h"
#include "api/cli/import_print.h"
#include "api/flows/import_write.h"
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
enum { ATTEMPTS = 5 }; /* of a statement or notice, while other facts of the organisation come in */
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

/* One file on its way: read and judged, then kept. */
struct work {
    const struct request *request;
    struct keeper *keeper; /* NULL: a dry run */
    struct arena arena;    /* what the file is read against */
    struct import_source source;
    struct import_print print;
    struct fact_spool *facts;
    struct import_counter *counter;
    struct import_told told;
    struct sha256 digest;
};

static enum zcd_code load_known(struct work *work, struct zcd_error *err)
{
    struct db *db = NULL;
    enum zcd_code code = cli_connect(&work->keeper->config, &db, err);

    if (code == ZCD_OK)
        code = import_load_known(db, work->keeper->actor.lender, &work->source, &work->arena, err);
    db_close(db);
    return code;
}

static enum zcd_code begin(struct work *work, struct import_sink *sink, struct zcd_error *err)
{
    enum zcd_code code = import_print_begin(work->request->is_json, &work->print, err);

    if (code == ZCD_OK && work->keeper != NULL)
        code = load_known(work, err);
    if (code == ZCD_OK && work->keeper != NULL)
        work->facts = fact_spool_new();
    if (code == ZCD_OK && work->keeper != NULL && work->facts == NULL)
        code = zcd_fail(err, ZCD_UNAVAILABLE, "no room for a temporary file");
    *sink = (struct import_sink){.take_line = import_print_take_line, .context = &work->print};
    work->counter = import_counter_new(sink);
    if (code == ZCD_OK)
        code = import_digest(work->source.file, &work->digest, err);
    return code;
}

/* Facts to the spool, lines to the print. */
static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct work *work = context;
    const struct import_sink *counted = import_counter_sink(work->counter);
    enum zcd_code code = counted->take_fact(counted->context, fact, err);

    return code == ZCD_OK && work->facts != NULL ? fact_spool_take(work->facts, fact, err) : code;
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    struct work *work = context;
    const struct import_sink *counted = import_counter_sink(work->counter);

    return counted->take_line(counted->context, line, err);
}

static enum zcd_code keep(struct work *work, struct import_result *result, struct zcd_error *err)
{
    struct keeper *keeper = work->keeper;
    const char *slash = strrchr(work->request->path, '/');
    struct import_order order = {.actor = keeper->actor,
                                 .kind = work->source.kind,
                                 .organisation = work->source.organisation,
                                 .file_name = slash == NULL ? work->request->path : slash + 1,
                                 .file_sha256 = work->digest,
                                 .row_count = import_counter_counts(work->counter)->facts,
                                 .last_import = work->source.last_import,
                                 .facts = work->facts};
    enum zcd_code code = ZCD_OK;

    if (work->source.kind == IMPORT_KIND_DOSSIER)
        code = import_read_dossier(&work->source, &work->arena, &order.dossier, err);
    if (code == ZCD_OK && order.dossier != NULL)
        order.organisation = order.dossier->organisation.uscc.text;
    const struct log_config log = app_log_config(&keeper->config, keeper->key);
    return code == ZCD_OK ? import_write(&log, &order, result, err) : code;
}

static enum zcd_code import_file(struct work *work, struct zcd_error *err)
{
    char digest_text[SHA256_TEXT_SIZE];
    struct import_sink lines;
    struct import_result result = {.is_changed = false};
    const struct import_sink sink = {.take_fact = take_fact, .take_line = take_line, .context = work};
    enum zcd_code code = begin(work, &lines, err);

    if (code == ZCD_OK)
        code = import_read(&work->source, &sink, &work->told, err);
    if (code == ZCD_OK && work->keeper != NULL)
        code = keep(work, &result, err);
    if (code != ZCD_OK)
        return code;
    const struct import_outcome outcome = {.source = &work->source,
                                           .told = &work->told,
                                           .counts = import_counter_counts(work->counter),
                                           .file_sha256 = sha256_format(&work->digest, digest_text),
                                           .is_dry_run = work->request->is_dry_run,
                                           .is_changed = result.is_changed,
                                           .import = result.import,
                                           .added = result.added,
                                           .record = result.record};
    return import_print_all(&work->print, &outcome, err);
}

static enum zcd_code attempt(const struct request *request, FILE *file, struct keeper *keeper, struct zcd_error *err)
{
    struct work work = {
        .request = request,
        .keeper = keeper,
        .source = {.kind = import_kind_find(request->kind), .file = file, .organisation = request->organisation}};
    enum zcd_code code = import_file(&work, err);

    import_counter_free(work.counter);
    fact_spool_free(work.facts);
    import_print_done(&work.print);
    arena_done(&work.arena);
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
    for (int i = 1; i < ATTEMPTS && code == ZCD_CONFLICT && is_read_against; i++)
        code = attempt(request, file, &keeper, err);
    (void)fclose(file);
    return code;
}

/* ------------------------------------------------------------------------- withdrawing */

static enum zcd_code run_withdrawal(const struct request *request, struct zcd_error *err)
{
    ZCD_AUTO(close_keeper)
    struct keeper keeper = {.key = NULL};
    struct import_result result;
    enum zcd_code code = open_keeper(request, &keeper, err);

    const struct log_config log = app_log_config(&keeper.config, keeper.key);
    if (code == ZCD_OK)
        code = import_withdraw(&log, &keeper.actor, request->withdraw, &result, err);
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
