/*
 * main.c - zcd: finds the sub-command and runs it. Each is a file in api/cli/.
 */
#include "api/cli/cli.h"
#include "api/flows/decide.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct command {
    const char *name;
    int (*run)(int count, char **words);
    const char *about;
} COMMANDS[] = {
    {"assess",  cli_assess,  "decide on a dossier, print the decision; needs no database"},
    {"audit",   cli_audit,   "export the log, replay its decisions, erase values behind commitments"},
    {"explain", cli_explain, "print a decision for people, in Chinese or English"},
    {"policy",  cli_policy,  "check a policy; compare two on a folder of dossiers; fit a scorecard to data"},
    {"config",  cli_config_show, "print the settings as they are read, without secrets"},
    {"serve",   cli_serve,   "serve the HTTP API"},
    {"migrate", cli_migrate, "bring the database to this version"},
    {"bench",   cli_bench,   "measure the engine on this machine; generate dossiers"},
    {"payers",  cli_payers,  "make anew what the book knows of how payers pay"},
    {"import",  cli_import,  "read files of facts: procurement data, statements, notices, dossiers"},
    {"key",     cli_key,     "make the log's key, show its public part, go over to another"},
    {"log",     cli_log,     "repair what only a person may repair"},
    {"mirror",  cli_mirror,  "copy a log that somebody else serves, verified"},
    {"witness", cli_witness, "be a witness of logs, or take this log to its witnesses"},
    {"user",    cli_user,    "add, list, disable those who may call; passwords and subjects"},
    {"token",   cli_token,   "make or revoke a bearer token"},
    {"reference", cli_reference, "list the reference tables, from when to when they hold; regional programmes"},
    {"routes",  cli_routes,  "list what the API answers to"},
};
/* clang-format on */

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

static void print_help(FILE *out)
{
    ZCD_AUTO(buffer_done)
    struct buffer settings = {0};

    (void)fprintf(out, "usage: zcd COMMAND [...]\n\n");
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        (void)fprintf(out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].about);
    (void)fprintf(out, "  %-10s %s\n  %-10s %s\n\n", "help", "this", "--version", "version and digest of the engine");
    config_explain(&settings);
    (void)fprintf(out, "Settings, from the environment or a file:\n%s", (const char *)settings.data);
}

static int print_version(void)
{
    const struct sha256 digest = decide_engine_sha256();
    char text[SHA256_TEXT_SIZE];

    (void)printf("zcd %s (engine sources sha256 %s)\n", decide_engine_version(), sha256_format(&digest, text));
    return cli_finish("version");
}

int main(int count, char **words)
{
    if (count < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(words[1], "--version") == 0 || strcmp(words[1], "version") == 0)
        return print_version();
    if (strcmp(words[1], "help") == 0 || strcmp(words[1], "--help") == 0) {
        print_help(stdout);
        return cli_finish("help");
    }
    const struct command *command = find_command(words[1]);
    if (command == NULL) {
        (void)fprintf(stderr, "zcd: there is no command %s (zcd help lists them)\n", words[1]);
        return CLI_USAGE;
    }
    return command->run(count - 1, words + 1);
}
