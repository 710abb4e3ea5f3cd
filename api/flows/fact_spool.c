#include "api/flows/fact_spool.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS_MAX = 8, SHOWN_BYTES = 1 << 18 };

struct fact_spool {
    FILE *in, *out; /* one file */
    struct buffer taken, given; /* the texts of a fact */
    uint64_t taken_bytes;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t wake;
    uint64_t shown_bytes; /* of whole facts, that `out` can read */
    bool is_ended, is_whole, is_refused;
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

/* The file twice, for what comes in and what goes out, and no name. */
static bool open_file(struct fact_spool *spool, const char *directory)
{
    char path[PATH_MAX];

    if ((size_t)snprintf(path, sizeof path, "%s/facts-XXXXXX", directory == NULL ? P_tmpdir : directory) >= sizeof path)
        return false;
    int fd = mkstemp(path);
    if (fd < 0)
        return false;
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    spool->out = fopen(path, "rbe");
    (void)unlink(path);
    spool->in = fdopen(fd, "wb");
    if (spool->in == NULL)
        (void)close(fd);
    return spool->in != NULL && spool->out != NULL;
}

struct fact_spool *fact_spool_new(const char *directory)
{
    struct fact_spool *spool = calloc(1, sizeof *spool);

    if (spool == NULL)
        abort();
    spool->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    spool->wake = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    if (open_file(spool, directory))
        return spool;
    fact_spool_free(spool);
    return NULL;
}

void fact_spool_free(struct fact_spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->in != NULL)
        (void)fclose(spool->in);
    if (spool->out != NULL)
        (void)fclose(spool->out);
    buffer_done(&spool->taken);
    buffer_done(&spool->given);
    (void)pthread_mutex_destroy(&spool->mutex);
    (void)pthread_cond_destroy(&spool->wake);
    free(spool);
}

/* ------------------------------------------------------------------------- taking */

/* Let the other side have what was taken so far. False when there is no room for it. *is_wanted: is it still? */
static bool show(struct fact_spool *spool, bool *is_wanted)
{
    bool has_room = fflush(spool->in) == 0;

    (void)pthread_mutex_lock(&spool->mutex);
    if (has_room)
        spool->shown_bytes = spool->taken_bytes;
    *is_wanted = !spool->is_refused;
    (void)pthread_cond_signal(&spool->wake);
    (void)pthread_mutex_unlock(&spool->mutex);
    return has_room;
}

/* The struct, the size of its texts, its texts with their NULs. */
static bool put(struct fact_spool *spool, const struct fact *fact)
{
    struct fact copy = *fact;
    const char **text;

    buffer_clear(&spool->taken);
    for (size_t n = 0; (text = text_at(&copy, n)) != NULL; n++) {
        const char *given = *text == NULL ? "" : *text;
        buffer_append(&spool->taken, given, strlen(given) + 1);
    }
    size_t size = spool->taken.size;
    spool->taken_bytes += sizeof copy + sizeof size + size;
    return fwrite(&copy, sizeof copy, 1, spool->in) == 1 && fwrite(&size, sizeof size, 1, spool->in) == 1
           && fwrite(spool->taken.data, 1, size, spool->in) == size;
}

enum zcd_code fact_spool_take(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct fact_spool *spool = context;
    uint64_t before = spool->taken_bytes;
    bool is_wanted = true;
    bool has_room = put(spool, fact);

    if (has_room && spool->taken_bytes / SHOWN_BYTES != before / SHOWN_BYTES)
        has_room = show(spool, &is_wanted);
    if (!has_room)
        return zcd_fail(err, ZCD_UNAVAILABLE, "no room to put facts aside");
    return is_wanted ? ZCD_OK : zcd_fail(err, ZCD_CONFLICT, "nobody takes the facts any more");
}

void fact_spool_end(struct fact_spool *spool, bool is_whole)
{
    bool unwanted;
    bool has_room = show(spool, &unwanted);

    (void)pthread_mutex_lock(&spool->mutex);
    spool->is_ended = true;
    spool->is_whole = is_whole && has_room;
    (void)pthread_cond_signal(&spool->wake);
    (void)pthread_mutex_unlock(&spool->mutex);
}

void fact_spool_refuse(struct fact_spool *spool)
{
    (void)pthread_mutex_lock(&spool->mutex);
    spool->is_refused = true;
    (void)pthread_mutex_unlock(&spool->mutex);
}

bool fact_spool_is_broken(struct fact_spool *spool)
{
    (void)pthread_mutex_lock(&spool->mutex);
    bool is_broken = spool->is_ended && !spool->is_whole;
    (void)pthread_mutex_unlock(&spool->mutex);
    return is_broken;
}

/* ------------------------------------------------------------------------- giving */

static enum zcd_code cannot_read(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_CORRUPT, "what was put aside cannot be read");
}

/* Wait until there is more than at_bytes, or no more. */
static enum zcd_code wait_for_more(struct fact_spool *spool, uint64_t at_bytes, uint64_t *shown_bytes, struct zcd_error *err)
{
    (void)pthread_mutex_lock(&spool->mutex);
    while (spool->shown_bytes == at_bytes && !spool->is_ended)
        (void)pthread_cond_wait(&spool->wake, &spool->mutex);
    *shown_bytes = spool->shown_bytes;
    bool is_failed = spool->is_ended && !spool->is_whole;
    (void)pthread_mutex_unlock(&spool->mutex);
    return is_failed ? zcd_fail(err, ZCD_CONFLICT, "the file was not read to its end") : ZCD_OK;
}

static bool get(struct fact_spool *spool, struct fact *fact, uint64_t *at_bytes)
{
    char chunk[4096];
    size_t size;
    const char **text;

    if (fread(fact, sizeof *fact, 1, spool->out) != 1 || fread(&size, sizeof size, 1, spool->out) != 1)
        return false;
    buffer_clear(&spool->given);
    while (spool->given.size < size) {
        size_t wanted = size - spool->given.size < sizeof chunk ? size - spool->given.size : sizeof chunk;
        if (fread(chunk, 1, wanted, spool->out) != wanted)
            return false;
        buffer_append(&spool->given, chunk, wanted);
    }
    const char *at = (const char *)spool->given.data;
    for (size_t n = 0; (text = text_at(fact, n)) != NULL; n++) {
        *text = at;
        at += strlen(at) + 1;
    }
    *at_bytes += sizeof *fact + sizeof size + size;
    return true;
}

enum zcd_code fact_spool_give(struct fact_spool *spool,
                              enum zcd_code (*take_fact)(void *context, const struct fact *fact, struct zcd_error *err),
                              void *context, struct zcd_error *err)
{
    uint64_t at_bytes = 0, shown_bytes = 0;
    struct fact fact;

    if (fseek(spool->out, 0, SEEK_SET) != 0)
        return cannot_read(err);
    for (;;) {
        enum zcd_code code = at_bytes == shown_bytes ? wait_for_more(spool, at_bytes, &shown_bytes, err) : ZCD_OK;
        if (code != ZCD_OK || at_bytes == shown_bytes)
            return code;
        if (!get(spool, &fact, &at_bytes))
            return cannot_read(err);
        code = take_fact(context, &fact, err);
        if (code != ZCD_OK)
            return code;
    }
}
