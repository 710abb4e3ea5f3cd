#include "api/cli/cli.h"

#include "base/cleanup.h"

#include <stdio.h>

#define COMMAND "config"
static const char USAGE[] = "zcd config\n"
                            "       Prints the settings and where each is from; status 78 when zcd serve would lack one.";

int cli_config_show(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    struct config config;
    struct zcd_error err;
    (void)words;

    if (count != 1)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    config_print(&config, &text);
    (void)fwrite(text.data, 1, text.size, stdout);
    status = cli_finish(COMMAND);
    if (status == CLI_OK && config_check_serve(&config, &err) != ZCD_OK)
        status = cli_fail(COMMAND, &err);
    return status;
}
