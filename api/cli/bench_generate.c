#include "api/cli/cli.h"

#include "api/codec/dossier_encode.h"
#include "api/codec/world_encode.h"
#include "base/cleanup.h"
#include "generator/world.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DOSSIERS_MAX = 99999, PATH_SIZE = 4096 };

#define COMMAND "bench generate"
static const char USAGE[] = "zcd bench generate N DIR [--seed S]    (N up to 99999, S up to 2^53 - 1)";

struct request {
    uint32_t count;
    const char *folder;
    uint64_t seed;
};

static bool parse_number(const char *text, uint64_t max, uint64_t *number)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > max)
        return false;
    *number = value;
    return true;
}

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"seed", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    uint64_t number;
    int option;

    *request = (struct request){.seed = 1};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option != 's' || !parse_number(optarg, (UINT64_C(1) << 53) - 1, &request->seed))
            return false;
    }
    if (optind + 2 != count || !parse_number(words[optind], DOSSIERS_MAX, &number) || number == 0)
        return false;
    request->count = (uint32_t)number;
    request->folder = words[optind + 1];
    return true;
}

static int cannot_write(const char *path)
{
    (void)fprintf(stderr, "zcd %s: %s: %s\n", COMMAND, path, strerror(errno));
    return CLI_CANNOT_WRITE;
}

static FILE *open_in(const struct request *request, const char *name, char path[PATH_SIZE])
{
    int size = snprintf(path, PATH_SIZE, "%s/%s", request->folder, name);
    if (size >= PATH_SIZE) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return fopen(path, "w");
}

static int write_line(FILE *file, const struct buffer *text, const char *path)
{
    bool is_written = fwrite(text->data, 1, text->size, file) == text->size && fputc('\n', file) != EOF;
    return is_written ? CLI_OK : cannot_write(path);
}

static int write_dossier(const struct request *request, const char *name, const struct buffer *text)
{
    char path[PATH_SIZE];
    FILE *file = open_in(request, name, path);

    if (file == NULL)
        return cannot_write(path);
    int status = write_line(file, text, path);
    if (fclose(file) != 0 && status == CLI_OK)
        return cannot_write(path);
    return status;
}

/* One world: its dossier into a file of its own, its truth behind those before it. */
static int generate(const struct request *request, uint32_t number, FILE *truth)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer dossier = {0};
    ZCD_AUTO(buffer_done)
    struct buffer line = {0};
    struct world world;
    struct zcd_error err;
    char name[32];

    (void)snprintf(name, sizeof name, "d%05u.json", (unsigned)number);
    world_generate(request->seed, number, &arena, &world);
    enum zcd_code code = dossier_encode(world.dossier, &dossier, &err);
    if (code == ZCD_OK)
        code = world_encode(&world, name, &line, &err);
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);

    int status = write_dossier(request, name, &dossier);
    return status == CLI_OK ? write_line(truth, &line, "truth.jsonl") : status;
}

int cli_bench_generate(int count, char **words)
{
    struct request request;
    char path[PATH_SIZE];
    int status = CLI_OK;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    if (mkdir(request.folder, 0777) != 0 && errno != EEXIST)
        return cannot_write(request.folder);
    FILE *truth = open_in(&request, "truth.jsonl", path);
    if (truth == NULL)
        return cannot_write(path);
    for (uint32_t number = 1; number <= request.count && status == CLI_OK; number++)
        status = generate(&request, number, truth);
    if (fclose(truth) != 0 && status == CLI_OK)
        return cannot_write(path);
    return status;
}
