#include "api/cli/cli.h"

#include "api/app.h"
#include "api/notice.h"
#include "base/cleanup.h"

#define COMMAND "serve"
static const char USAGE[] = "zcd serve\n       Everything is set by environment variables; zcd help lists them.";

int cli_serve(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct app app = {0};
    struct zcd_error err;
    (void)words;

    if (count != 1)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;

    enum zcd_code code = config_check_serve(&config, &err);
    if (code == ZCD_OK)
        code = app_open(&config, &app, &err);
    if (code == ZCD_OK)
        code = app_serve(&app, &err);
    app_close(&app);
    return code == ZCD_OK ? CLI_OK : cli_fail(COMMAND, &err);
}
