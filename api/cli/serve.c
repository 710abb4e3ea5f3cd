#include "api/cli/cli.h"

#include "api/app.h"
#include "api/notice.h"
#include "base/cleanup.h"

#define COMMAND "serve"
static const char USAGE[] = "zcd serve\n       Everything is a setting; zcd help lists them, zcd config shows them.";

int cli_serve(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct app app = {0};
    struct zcd_error err;
    enum notice_level level = NOTICE_INFO;
    (void)words;

    if (count != 1)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;

    (void)notice_level_parse(config.log_level, &level); /* config_read has checked it */
    notice_set_level(level);
    enum zcd_code code = config_check_serve(&config, &err);
    if (code == ZCD_OK)
        code = app_open(&config, &app, &err);
    if (code == ZCD_OK)
        code = app_serve(&app, &err);
    app_close(&app);
    if (code != ZCD_OK)
        notice("cannot_serve", "detail", err.message);
    return cli_status(code);
}
