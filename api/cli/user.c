#include "api/cli/cli.h"

#include "api/identity/caller.h"
#include "api/identity/user_store.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "base/uscc.h"
#include "db/connection.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "user"
static const char USAGE[] =
    "zcd user add ID --roles ROLE[,ROLE] [--lender NAME | --organisation USCC]\n"
    "       Roles of a lender's users: officer, approver, risk_manager, admin, system; of an organisation's: director; of\n"
    "       nobody's but the authority's: regulator, organiser. ID stands in records for ever: no personal data.\n"
    "zcd user list\n"
    "       One line of JSON each.\n"
    "zcd user disable ID\n"
    "       None of its credentials is taken any more, within a second.";

struct request {
    struct user_row user;
    const char *command;
};

static enum zcd_code check(const struct request *request, struct zcd_error *err)
{
    struct uscc uscc;

    if (request->user.uscc != NULL && uscc_parse(request->user.uscc, &uscc, err) != ZCD_OK)
        return err->code;
    return caller_roles_check(request->user.roles, request->user.lender, request->user.uscc, err);
}

static void append_member(struct buffer *json, const char *name, const char *value)
{
    buffer_append_format(json, ",\"%s\":", name);
    if (value == NULL)
        buffer_append_text(json, "null");
    else
        canonical_json_append_string(json, bytes_of_text(value));
}

static enum zcd_code list(struct db *db, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct user_row *rows;
    size_t count;
    enum zcd_code code = user_store_list(db, &arena, &rows, &count, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        ZCD_AUTO(buffer_done)
        struct buffer json = {0};
        char roles[CALLER_ROLES_TEXT_SIZE];
        buffer_append_format(&json, "{\"disabled\":%s", rows[i].is_disabled ? "true" : "false");
        append_member(&json, "id", rows[i].id);
        append_member(&json, "lender", rows[i].lender);
        append_member(&json, "organisation", rows[i].uscc);
        append_member(&json, "roles", caller_roles_format(rows[i].roles, roles));
        (void)printf("%s}\n", (const char *)json.data);
    }
    return code;
}

static enum zcd_code run(const struct config *config, const struct request *request, struct zcd_error *err)
{
    struct db *db = NULL;
    enum zcd_code code = strcmp(request->command, "add") == 0 ? check(request, err) : ZCD_OK;

    if (code == ZCD_OK)
        code = cli_connect(config, &db, err);
    if (code != ZCD_OK)
        return code;
    if (strcmp(request->command, "add") == 0)
        code = user_store_insert(db, &request->user, err);
    else if (strcmp(request->command, "list") == 0)
        code = list(db, err);
    else
        code = user_store_disable(db, request->user.id, err);
    db_close(db);
    return code;
}

/* Which words go with which command. */
static bool is_complete(int count, char **words, struct request *request)
{
    const struct user_row *user = &request->user;
    bool is_plain = user->roles == 0 && user->lender == NULL && user->uscc == NULL;

    if (optind >= count)
        return false;
    request->command = words[optind];
    if (strcmp(request->command, "list") == 0)
        return optind + 1 == count && is_plain;
    if (optind + 2 != count)
        return false;
    request->user.id = words[optind + 1];
    if (strcmp(request->command, "disable") == 0)
        return is_plain;
    return strcmp(request->command, "add") == 0 && user->roles != 0;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"roles", required_argument, NULL, 'r'},
                                            {"lender", required_argument, NULL, 'l'},
                                            {"organisation", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    struct zcd_error err;
    int option;

    *request = (struct request){.command = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'l')
            request->user.lender = optarg;
        else if (option == 'o')
            request->user.uscc = optarg;
        else if (option != 'r' || caller_roles_parse(optarg, &request->user.roles, &err) != ZCD_OK)
            return false;
    }
    return is_complete(count, words, request);
}

int cli_user(int count, char **words)
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
    return run(&config, &request, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
