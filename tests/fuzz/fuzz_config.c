/*
 * Any bytes for a file of settings: refused with a reason that names the line, or read; then printed, which must bring back
 * neither the secret nor anything that begins another line.
 */
#include "tests/fuzz/fuzz.h"

#include "api/config.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static void check_print(const struct config *config)
{
    struct buffer text = {0};
    const char *line;

    config_print(config, &text);
    MUST(text.size > 0);
    for (line = (const char *)text.data; *line != '\0'; line = strchr(line, '\n') + 1)
        MUST(strncmp(line, "ZCD_", 4) == 0 && strchr(line, '\n') != NULL);
    MUST(strncmp((const char *)text.data, "ZCD_DATABASE_URL ", 17) == 0 && strstr((const char *)text.data, "(given)") != NULL);
    buffer_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char secret[] = "ZCD_DATABASE_URL=sesame"; /* wins, so that no file is opened that the bytes name */
    char *environment[] = {secret, NULL};
    const struct bytes content = {data, size};
    struct arena arena = {0};
    struct config config;
    struct zcd_error err = {.code = ZCD_OK};

    if (config_read_with(environment, "f", &content, &arena, &config, &err) == ZCD_OK)
        check_print(&config);
    else
        MUST(err.code == ZCD_INVALID && err.message[0] != '\0');
    arena_done(&arena);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, size_max);
}
