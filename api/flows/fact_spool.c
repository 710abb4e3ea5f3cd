#include "api/flows/fact_spool.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS_MAX = 8 };

struct fact_spool {
    FILE *file;
    struct buffer texts; /* of the fact being read */
};

#define TEXT(member) (offsetof(struct fact, member) + 1) /* 0 stands behind the last */

/* The texts of each kind, besides organisation and place. */
static const size_t TEXTS[FACT_KIND_LAST + 1][TEXTS_MAX] = {
    [FACT_ORGANISATION] = {TEXT(organisation_fact.name), TEXT(organisation_fact.region)},
    [FACT_PAYER] = {TEXT(payer.id), TEXT(payer.uscc), TEXT(payer.name), TEXT(payer.region)},
    [FACT_CONTRACT] = {TEXT(contract.id), TEXT(contract.number), TEXT(contract.title), TEXT(contract.payer),
                       TEXT(contract.shared_with)},
    [FACT_SECURITY] = {TEXT(security.contract), TEXT(security.account), TEXT(security.pledge_registration)},
    [FACT_MILESTONE] = {TEXT(milestone.contract), TEXT(milestone.id), TEXT(milestone.title)},
    [FACT_PAYMENT] = {TEXT(payment.contract), TEXT(payment.milestone), TEXT(payment.id), TEXT(payment.payer_name)},
    [FACT_RECEIPT] = {TEXT(receipt.account), TEXT(receipt.id), TEXT(receipt.payer_name), TEXT(receipt.note),
                      TEXT(receipt.contract), TEXT(receipt.milestone), TEXT(receipt.reason)},
    [FACT_OFFER] = {TEXT(offer.account), TEXT(offer.receipt), TEXT(offer.contract), TEXT(offer.milestone), TEXT(offer.reason)},
};

/* The n-th text of a fact; NULL behind the last. */
static const char **text_at(struct fact *fact, size_t n)
{
    if (n == 0)
        return &fact->organisation;
    if (n == 1)
        return &fact->place;
    size_t at = n - 2 < TEXTS_MAX ? TEXTS[fact->kind][n - 2] : 0;
    return at == 0 ? NULL : (const char **)(void *)((char *)fact + at - 1);
}

static FILE *make_file(const char *directory)
{
    char path[PATH_MAX];

    if (directory == NULL)
        return tmpfile();
    if ((size_t)snprintf(path, sizeof path, "%s/facts-XXXXXX", directory) >= sizeof path)
        return NULL;
    int fd = mkstemp(path);
    if (fd < 0)
        return NULL;
    (void)unlink(path);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    FILE *file = fdopen(fd, "w+b");
    if (file == NULL)
        (void)close(fd);
    return file;
}

struct fact_spool *fact_spool_new(const char *directory)
{
    struct fact_spool *spool = calloc(1, sizeof *spool);

    if (spool == NULL)
        abort();
    spool->file = make_file(directory);
    if (spool->file != NULL)
        return spool;
    free(spool);
    return NULL;
}

void fact_spool_free(struct fact_spool *spool)
{
    if (spool == NULL)
        return;
    (void)fclose(spool->file);
    buffer_done(&spool->texts);
    free(spool);
}

/* The struct, the size of its texts, its texts with their NULs. */
enum zcd_code fact_spool_take(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct fact_spool *spool = context;
    struct fact copy = *fact;
    const char **text;

    buffer_clear(&spool->texts);
    for (size_t n = 0; (text = text_at(&copy, n)) != NULL; n++) {
        const char *given = *text == NULL ? "" : *text;
        buffer_append(&spool->texts, given, strlen(given) + 1);
    }
    size_t size = spool->texts.size;
    if (fwrite(&copy, sizeof copy, 1, spool->file) == 1 && fwrite(&size, sizeof size, 1, spool->file) == 1
        && fwrite(spool->texts.data, 1, size, spool->file) == size)
        return ZCD_OK;
    return zcd_fail(err, ZCD_UNAVAILABLE, "no room to put facts aside");
}

static bool read_fact(struct fact_spool *spool, struct fact *fact)
{
    char chunk[4096];
    size_t size;
    const char **text;

    if (fread(&size, sizeof size, 1, spool->file) != 1)
        return false;
    buffer_clear(&spool->texts);
    while (spool->texts.size < size) {
        size_t wanted = size - spool->texts.size < sizeof chunk ? size - spool->texts.size : sizeof chunk;
        if (fread(chunk, 1, wanted, spool->file) != wanted)
            return false;
        buffer_append(&spool->texts, chunk, wanted);
    }
    const char *at = (const char *)spool->texts.data;
    for (size_t n = 0; (text = text_at(fact, n)) != NULL; n++) {
        *text = at;
        at += strlen(at) + 1;
    }
    return true;
}

enum zcd_code fact_spool_give(struct fact_spool *spool,
                              enum zcd_code (*take_fact)(void *context, const struct fact *fact, struct zcd_error *err),
                              void *context, struct zcd_error *err)
{
    struct fact fact;

    if (fflush(spool->file) != 0 || fseek(spool->file, 0, SEEK_SET) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "what was put aside cannot be read");
    while (fread(&fact, sizeof fact, 1, spool->file) == 1) {
        if (!read_fact(spool, &fact))
            return zcd_fail(err, ZCD_UNAVAILABLE, "what was put aside cannot be read");
        enum zcd_code code = take_fact(context, &fact, err);
        if (code != ZCD_OK)
            return code;
    }
    return ferror(spool->file) != 0 ? zcd_fail(err, ZCD_UNAVAILABLE, "what was put aside cannot be read") : ZCD_OK;
}
