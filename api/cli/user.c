#include "api/cli/cli.h"

#include "api/identity/caller.h"
#include "api/identity/password.h"
#include "api/identity/session_store.h"
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
    "       None of its credentials is taken any more, within a second.\n"
    "zcd user password ID\n"
    "       Sets the password for the console, one line of standard input of at least 12 bytes; ends the user's sessions.\n"
    "zcd user bind ID --oidc SUBJECT | --certificate SUBJECT\n"
    "       Takes tokens of the OpenID issuer with this claim sub, or client certificates of this subject (RFC 4514), for it.\n"
    "zcd user unbind ID --oidc SUBJECT | --certificate SUBJECT";

struct request {
    struct user_row user;
    const char *command;
    enum credential_kind kind; /* of subject */
    const char *subject;
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

static enum zcd_code set_password(struct db *db, const char *user, struct zcd_error *err)
{
    char line[PASSWORD_LENGTH_MAX + 3];
    char hash[PASSWORD_HASH_SIZE];

    if (fgets(line, sizeof line, stdin) == NULL)
        return zcd_fail(err, ZCD_INVALID, "there is no password on standard input");
    line[strcspn(line, "\r\n")] = '\0';
    enum zcd_code code = password_check(line, err);
    return code == ZCD_OK ? session_store_set_password(db, user, password_hash(line, hash), err) : code;
}

static enum zcd_code add(struct db *db, const struct request *request, struct zcd_error *err)
{
    return user_store_insert(db, &request->user, err);
}

static enum zcd_code list_all(struct db *db, const struct request *request, struct zcd_error *err)
{
    (void)request;
    return list(db, err);
}

static enum zcd_code disable(struct db *db, const struct request *request, struct zcd_error *err)
{
    return user_store_disable(db, request->user.id, err);
}

static enum zcd_code password(struct db *db, const struct request *request, struct zcd_error *err)
{
    return set_password(db, request->user.id, err);
}

static enum zcd_code bind_subject(struct db *db, const struct request *request, struct zcd_error *err)
{
    return session_store_bind(db, request->kind, request->subject, request->user.id, err);
}

static enum zcd_code unbind_subject(struct db *db, const struct request *request, struct zcd_error *err)
{
    return session_store_unbind(db, request->kind, request->subject, request->user.id, err);
}

/* Which words go with which command. */
static const struct command {
    const char *name;
    bool has_id, has_roles, has_subject;
    enum zcd_code (*run)(struct db *db, const struct request *request, struct zcd_error *err);
} COMMANDS[] = {
    {"add", true, true, false, add},          {"list", false, false, false, list_all},
    {"disable", true, false, false, disable}, {"password", true, false, false, password},
    {"bind", true, false, true, bind_subject}, {"unbind", true, false, true, unbind_subject},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    return NULL;
}

static enum zcd_code run(const struct config *config, const struct request *request, struct zcd_error *err)
{
    const struct command *command = find_command(request->command);
    struct db *db = NULL;
    enum zcd_code code = command->has_roles ? check(request, err) : ZCD_OK;

    if (code == ZCD_OK)
        code = cli_connect(config, &db, err);
    if (code != ZCD_OK)
        return code;
    code = command->run(db, request, err);
    db_close(db);
    return code;
}

static bool is_complete(int count, char **words, struct request *request)
{
    const struct user_row *user = &request->user;
    const struct command *command = optind < count ? find_command(words[optind]) : NULL;

    if (command == NULL || optind + 1 + command->has_id != count)
        return false;
    request->command = words[optind];
    request->user.id = command->has_id ? words[optind + 1] : NULL;
    return (user->roles != 0) == command->has_roles && (request->subject != NULL) == command->has_subject
           && (command->has_roles || (user->lender == NULL && user->uscc == NULL));
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"roles", required_argument, NULL, 'r'},
                                            {"lender", required_argument, NULL, 'l'},
                                            {"organisation", required_argument, NULL, 'o'},
                                            {"oidc", required_argument, NULL, 'i'},
                                            {"certificate", required_argument, NULL, 'c'},
                                            {NULL, 0, NULL, 0}};
    struct zcd_error err;
    int option;

    *request = (struct request){.command = NULL};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 'l')
            request->user.lender = optarg;
        else if (option == 'o')
            request->user.uscc = optarg;
        else if (option == 'i' || option == 'c') {
            if (request->subject != NULL)
                return false;
            request->subject = optarg;
            request->kind = option == 'i' ? CREDENTIAL_OIDC : CREDENTIAL_CERTIFICATE;
        } else if (option != 'r' || caller_roles_parse(optarg, &request->user.roles, &err) != ZCD_OK)
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
