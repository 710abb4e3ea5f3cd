#include "api/cli/cli.h"

#include "api/app.h"
#include "api/notice.h"
#include "base/cleanup.h"

#define COMMAND "serve"
static const char USAGE[] = "zcd serve\n       Everything is a setting; zcd help lists them, zcd config shows them.";

/* With the pointer where a policy is at fault: which of its members. */
static void say_why(const struct zcd_error *err)
{
    struct notice line;

    notice_begin(&line, "cannot_serve");
    notice_text(&line, "detail", err->message);
    if (err->pointer[0] != '\0')
        notice_text(&line, "pointer", err->pointer);
    notice_write(&line);
}

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
        say_why(&err);
    return cli_status(code);
}
