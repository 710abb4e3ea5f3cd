/*
 * config.h - what the process is told by a file and by its environment, read once, by whoever starts it.
 *
 * Every setting is a variable ZCD_NAME; the table in config.c lists them with their defaults. The file named by
 * ZCD_CONFIG_FILE has them one a line, NAME=VALUE; empty lines and lines that begin with # are passed over, and the value
 * is the rest of the line as it stands. What the environment says wins over the file. A secret may stand in a file of its
 * own, which NAME_FILE names: one line, with or without its end. A ZCD_ variable that is not in the table is refused, and
 * so is whatever else stands in the file: a setting with a slip in its name must not be overlooked. Thread: any.
 */
#ifndef API_CONFIG_H
#define API_CONFIG_H

#include "api/address.h"
#include "api/rate_limit.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

enum { CONFIG_SETTINGS_MAX = 64 }; /* rows of the table; asserted there */

/* Texts live in the arena given to config_read; NULL where a setting is not given and has no default. */
struct config {
    const char *database_url; /* libpq connection string or URI */
    const char *listen;         /* address and port */
    const char *metrics_listen; /* the same; may be NULL */
    const char *log_level;      /* of notice.h */
    const char *tls_certificate_file, *tls_key_file, *tls_client_ca_file; /* http/tls.h; may be NULL */
    const char *oidc_issuer, *oidc_audience, *oidc_keys; /* identity/issuer.h; all or none */
    const char *key_file;         /* the log's private key */
    const char *sm2_key_file;     /* a second private key, for lines of SM2; may be NULL */
    const char *origin;           /* the log's name */
    const char *checkpoint_store; /* path of the newest checkpoint's file */
    const char *witness_policy;   /* for zcd witness submit; may be NULL */
    const char *timestamp_url;    /* the same */
    const char *policy_file;      /* NULL: the built-in policy of name policy */
    const char *policy;
    const char *workers_text;
    size_t workers;
    const char *job_runners_text;
    size_t job_runners;
    const char *webhook_addresses_text;
    struct address_list webhook_addresses; /* that webhooks may have besides public ones */
    const char *log_queue_text;
    size_t log_queue_entries;
    const char *connections_text;
    size_t connections;
    const char *spool_directory; /* may be NULL */
    const char *rate_text[RATE_CLASS_COUNT];
    size_t rate_requests[RATE_CLASS_COUNT]; /* a minute, of one caller (rate_limit.h) */

    /* Where each row of the table in config.c has its value from: CONFIG_DEFAULT, ... For config_print. */
    unsigned char given_by[CONFIG_SETTINGS_MAX];
};

/*
 * Read the settings of an environment, of the file that it names, and of the files of secrets that the two name.
 *
 *   environment  in   as in environ(7)
 *   config       out  written only on ZCD_OK
 *
 * ZCD_INVALID, the message naming the variable, or the file and its line: a ZCD_ variable unknown or empty; in the file any
 * other name, a line without =, a setting given twice, a control character, more than 64 KiB; both NAME and NAME_FILE in
 * one place; a secret's file that is empty, has several lines or more than 4 KiB; a number that is none or out of range.
 * ZCD_NOT_FOUND: one of the files cannot be read.
 */
enum zcd_code config_read(char *const *environment, struct arena *arena, struct config *config,
                          struct zcd_error *err) ZCD_MUST_USE;

/* The same with the file's content at hand, read as if the environment named it `path`: for tests. Content NULL: no file. */
enum zcd_code config_read_with(char *const *environment, const char *path, const struct bytes *content,
                               struct arena *arena, struct config *config, struct zcd_error *err) ZCD_MUST_USE;

/* All that a service needs: ZCD_INVALID naming the first that is missing, or what goes together and is not. */
enum zcd_code config_check_serve(const struct config *config, struct zcd_error *err) ZCD_MUST_USE;
/* One setting, for a command that needs just that: its address in the struct, e.g. &config.database_url. */
enum zcd_code config_require(const struct config *config, const char *const *setting,
                             struct zcd_error *err) ZCD_MUST_USE;

/* Append the settings as members of a JSON object, without braces: "listen":"127.0.0.1:8080",... Secrets are "(given)". */
void config_describe(const struct config *config, struct buffer *json);

/* Append one line for each setting that has a value: its variable, the value, where it is from. Secrets are "(given)". */
void config_print(const struct config *config, struct buffer *text);

/* Append one line for each variable, for the help text. */
void config_explain(struct buffer *text);

#endif
