/*
 * cli.h - the sub-commands of zcd, one a file, and what they share.
 *
 * Each takes the words behind `zcd`, its own name first, and returns the exit status. Results go to standard output,
 * everything else to standard error.
 */
#ifndef API_CLI_CLI_H
#define API_CLI_CLI_H

#include "api/config.h"
#include "base/arena.h"
#include "base/error.h"

struct db;

/* Exit statuses: those of sysexits.h, and one of our own. */
enum cli_exit {
    CLI_OK = 0,
    CLI_REFUSED = 2,       /* the input is refused: zcd assess says why in one problem document on standard error, zcd policy check
                              in what it prints */
    CLI_USAGE = 64,        /* EX_USAGE */
    CLI_NO_INPUT = 66,     /* EX_NOINPUT: a file cannot be read */
    CLI_UNAVAILABLE = 69,  /* EX_UNAVAILABLE: a dependency is away */
    CLI_SOFTWARE = 70,     /* EX_SOFTWARE: stored data fail their check */
    CLI_CANNOT_WRITE = 74, /* EX_IOERR */
    CLI_CONFLICT = 75,     /* EX_TEMPFAIL: refused by the present state; the message says what to do */
    CLI_CONFIG = 78        /* EX_CONFIG: a setting is missing or wrong */
};

int cli_assess(int count, char **words);
int cli_audit(int count, char **words);
int cli_bench(int count, char **words);
int cli_bench_generate(int count, char **words); /* called by cli_bench */
int cli_config_show(int count, char **words);
int cli_explain(int count, char **words);
int cli_import(int count, char **words);
int cli_key(int count, char **words);
int cli_log(int count, char **words);
int cli_migrate(int count, char **words);
int cli_mirror(int count, char **words);
int cli_payers(int count, char **words);
int cli_policy(int count, char **words);
int cli_policy_fit(int count, char **words);      /* of zcd policy */
int cli_policy_simulate(int count, char **words); /* of zcd policy */
int cli_reference(int count, char **words);
int cli_routes(int count, char **words);
int cli_serve(int count, char **words);
int cli_token(int count, char **words);
int cli_user(int count, char **words);
int cli_witness(int count, char **words);

/* Connect to the database of the settings under the service's own role, which may not change what stands in the log.
 * ZCD_INVALID when none is named; ZCD_UNAVAILABLE. */
enum zcd_code cli_connect(const struct config *config, struct db **db, struct zcd_error *err) ZCD_MUST_USE;

/* The exit status that a code stands for. */
int cli_status(enum zcd_code code);

/* Print "zcd COMMAND: message" and return the status that the code stands for. */
int cli_fail(const char *command, const struct zcd_error *err);

/* Print the usage line on standard error; CLI_USAGE. */
int cli_usage(const char *usage);

/* Read the settings; on failure print why and return another status than CLI_OK. */
int cli_config(const char *command, struct arena *arena, struct config *config);

/* Flush standard output: a result that could not be written is a failure. */
int cli_finish(const char *command);

#endif
