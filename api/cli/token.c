#include "api/cli/cli.h"

#include "api/clock.h"
#include "api/identity/credential_store.h"
#include "api/identity/secret.h"
#include "api/identity/token_store.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "db/connection.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND "token"
static const char USAGE[] =
    "zcd token new USER [--days N] [--stdin]\n"
    "       Makes a bearer token of 256 random bits and prints it, this once: only its digest is kept. It is taken for N\n"
    "       days (90, at most 366). --stdin takes one that was made elsewhere, at least 32 characters in one line.\n"
    "zcd token list\n"
    "       The tokens that are taken: one line of JSON each.\n"
    "zcd token revoke ID\n"
    "       ID is the first 16 digits of the token's SHA-256, as zcd token new says it.";

enum {
    DAYS_DEFAULT = 90,
    DAYS_MAX = 366,
    TOKEN_LENGTH_MIN = 32,
    TOKEN_LENGTH_MAX = 1024,
    TOKEN_TEXT_SIZE = TOKEN_LENGTH_MAX + 3
};

struct request {
    const char *command, *name;
    long days;
    bool from_stdin;
};

/* RFC 6750 2.1: b64token. */
static bool is_token(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    length += strspn(text + length, "=");
    return text[length] == '\0' && length >= TOKEN_LENGTH_MIN && length <= TOKEN_LENGTH_MAX;
}

static enum zcd_code read_token(char token[TOKEN_TEXT_SIZE], struct zcd_error *err)
{
    if (fgets(token, TOKEN_TEXT_SIZE, stdin) == NULL)
        return zcd_fail(err, ZCD_INVALID, "there is no token on standard input");
    token[strcspn(token, "\r\n")] = '\0';
    if (!is_token(token))
        return zcd_fail(err, ZCD_INVALID,
                        "the token has fewer than %d characters, or others than A-Z a-z 0-9 - . _ ~ + / =",
                        TOKEN_LENGTH_MIN);
    return ZCD_OK;
}

static enum zcd_code add(struct db *db, const struct request *request, struct zcd_error *err)
{
    char token[TOKEN_TEXT_SIZE];
    char id[TOKEN_ID_SIZE];
    enum zcd_code code = ZCD_OK;

    if (request->from_stdin)
        code = read_token(token, err);
    else
        (void)secret_new(token);
    if (code != ZCD_OK)
        return code;
    struct sha256 sha256 = sha256_of(bytes_of_text(token));
    int64_t expires_at_us = clock_now_us() + (int64_t)request->days * 86400 * 1000000;
    code = token_store_insert(db, request->name, &sha256, expires_at_us, err);
    if (code != ZCD_OK)
        return code;
    if (!request->from_stdin)
        (void)puts(token);
    (void)fprintf(stderr, "token %s of %s, for %ld days\n", token_id_format(&sha256, id), request->name, request->days);
    return ZCD_OK;
}

static enum zcd_code list(struct db *db, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct credential_row *rows;
    size_t count;
    enum zcd_code code = credential_store_list(db, clock_now_us(), &arena, &rows, &count, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        if (rows[i].kind != CREDENTIAL_TOKEN)
            continue;
        char id[TOKEN_ID_SIZE], expires[DATE_TEXT_SIZE], used[DATE_TEXT_SIZE];
        bool is_used = !date_is_none(rows[i].used_on);
        (void)printf("{\"expires_on\":\"%s\",\"id\":\"%s\",\"used_on\":%s%s%s,\"user\":\"%s\"}\n",
                     date_format(clock_shanghai_day(rows[i].expires_at_us), expires),
                     token_id_format(&rows[i].sha256, id), is_used ? "\"" : "",
                     is_used ? date_format(rows[i].used_on, used) : "null", is_used ? "\"" : "", rows[i].user);
    }
    return code;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {
        {"days", required_argument, NULL, 'd'}, {"stdin", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    bool has_days = false;
    char *end;
    int option;

    *request = (struct request){.days = DAYS_DEFAULT};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option == 's') {
            request->from_stdin = true;
            continue;
        }
        if (option != 'd')
            return false;
        request->days = strtol(optarg, &end, 10);
        has_days = true;
        if (*end != '\0' || request->days < 1 || request->days > DAYS_MAX)
            return false;
    }
    if (optind + 1 == count && strcmp(words[optind], "list") == 0 && !has_days && !request->from_stdin) {
        request->command = words[optind];
        return true;
    }
    if (optind + 2 != count)
        return false;
    request->command = words[optind];
    request->name = words[optind + 1];
    return strcmp(request->command, "new") == 0
           || (strcmp(request->command, "revoke") == 0 && !has_days && !request->from_stdin);
}

static enum zcd_code run(const struct config *config, const struct request *request, struct zcd_error *err)
{
    struct db *db = NULL;
    enum zcd_code code = cli_connect(config, &db, err);

    if (code != ZCD_OK)
        return code;
    if (strcmp(request->command, "new") == 0)
        code = add(db, request, err);
    else
        code = request->name == NULL ? list(db, err) : token_store_revoke(db, request->name, err);
    db_close(db);
    return code;
}

int cli_token(int count, char **words)
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
