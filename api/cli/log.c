#include "api/cli/cli.h"

#include "api/app.h"
#include "audit/signature.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

#define COMMAND "log"
static const char USAGE[] = "zcd log init-checkpoint-store --i-am-sure-that-no-leaf-is-lost\n"
                            "       Signs the database's present state as the first checkpoint of "
                            "ZCD_CHECKPOINT_STORE. Only for a store whose file\n"
                            "       was lost, or a log imported into a new database: if leaves that were once signed "
                            "are missing, nothing will\n"
                            "       ever notice again.";

static void free_key(struct signature_key **key)
{
    signature_key_free(*key);
}

static enum zcd_code init_checkpoint_store(const struct config *config, struct zcd_error *err)
{
    ZCD_AUTO(free_key)
    struct signature_key *key = NULL;
    struct checkpoint checkpoint;

    enum zcd_code code = config_check_serve(config, err);
    if (code == ZCD_OK)
        code = signature_key_load(config->key_file, &key, err);
    if (code != ZCD_OK)
        return code;
    const struct log_config log = app_log_config(config, key);
    code = log_checkpoint_store_init(&log, &checkpoint, err);
    if (code == ZCD_OK)
        (void)printf("signed a checkpoint of %llu leaves\n", (unsigned long long)checkpoint.size);
    return code;
}

int cli_log(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;

    if (count != 3 || strcmp(words[1], "init-checkpoint-store") != 0
        || strcmp(words[2], "--i-am-sure-that-no-leaf-is-lost") != 0)
        return cli_usage(USAGE);
    int status = cli_config(COMMAND, &arena, &config);
    if (status != CLI_OK)
        return status;
    return init_checkpoint_store(&config, &err) == ZCD_OK ? cli_finish(COMMAND) : cli_fail(COMMAND, &err);
}
