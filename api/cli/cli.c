#include "api/cli/cli.h"

#include "db/connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern char **environ; /* POSIX declares it nowhere */

int cli_status(enum zcd_code code)
{
    switch (code) {
    case ZCD_OK:
        return CLI_OK;
    case ZCD_INVALID:
        return CLI_CONFIG;
    case ZCD_NOT_FOUND:
        return CLI_NO_INPUT;
    case ZCD_CONFLICT:
        return CLI_CONFLICT;
    case ZCD_UNAVAILABLE:
        return CLI_UNAVAILABLE;
    case ZCD_CORRUPT:
        return CLI_SOFTWARE;
    }
    return CLI_SOFTWARE;
}

static void print_error(const char *command, const struct zcd_error *err)
{
    const char *separator = err->pointer[0] == '\0' ? "" : ": ";

    (void)fprintf(stderr, "zcd %s: %s%s%s\n", command, err->pointer, separator, err->message);
}

int cli_fail(const char *command, const struct zcd_error *err)
{
    print_error(command, err);
    for (size_t i = 0; i < err->other_count; i++)
        print_error(command, &err->others[i]);
    if (err->left_out_count > 0)
        (void)fprintf(stderr, "zcd %s: %zu more errors\n", command, err->left_out_count);
    return cli_status(err->code);
}

int cli_usage(const char *usage)
{
    (void)fprintf(stderr, "usage: %s\n", usage);
    return CLI_USAGE;
}

int cli_config(const char *command, struct arena *arena, struct config *config)
{
    struct zcd_error err;

    return config_read(environ, arena, config, &err) == ZCD_OK ? CLI_OK : cli_fail(command, &err);
}

int cli_finish(const char *command)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return CLI_OK;
    (void)fprintf(stderr, "zcd %s: the result cannot be written: %s\n", command, strerror(errno));
    return CLI_CANNOT_WRITE;
}

enum zcd_code cli_connect(const struct config *config, struct db **db, struct zcd_error *err)
{
    const struct db_options options = {
        .conninfo = config->database_url, .role = DB_APPLICATION_ROLE, .application_name = "zcd"};
    enum zcd_code code = config_require(config, &config->database_url, err);

    return code == ZCD_OK ? db_connect(&options, db, err) : code;
}
