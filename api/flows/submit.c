#include "api/flows/submit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>

struct waiting {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool is_done;
    struct zcd_error err; /* code ZCD_OK: acknowledged */
    uint64_t index;
};

void submit_prepare(struct record *record, enum record_kind kind, const char *actor_id, const char *role)
{
    *record = (struct record){.kind = kind, .as_of = DATE_NONE};
    if (getrandom(record->nonce, sizeof record->nonce, 0) != (ssize_t)sizeof record->nonce)
        abort(); /* so few bytes cannot fail once the system is up */
    record->actor.id = actor_id;
    record->actor.role = role;
}

static void wake(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct waiting *waiting = entry->user;

    (void)pthread_mutex_lock(&waiting->mutex);
    waiting->is_done = true;
    if (receipt == NULL)
        waiting->err = *err;
    else
        waiting->index = receipt->proof.index;
    (void)pthread_cond_signal(&waiting->wake);
    (void)pthread_mutex_unlock(&waiting->mutex);
}

enum zcd_code submit_and_wait(struct log *log, struct log_entry *entry, uint64_t *index, struct zcd_error *err)
{
    struct waiting waiting = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

    entry->user = &waiting;
    entry->done = wake;
    enum zcd_code code = log_submit(log, entry, err);
    if (code != ZCD_OK)
        return code;
    (void)pthread_mutex_lock(&waiting.mutex);
    while (!waiting.is_done)
        (void)pthread_cond_wait(&waiting.wake, &waiting.mutex);
    (void)pthread_mutex_unlock(&waiting.mutex);
    if (waiting.err.code != ZCD_OK) {
        *err = waiting.err;
        return err->code;
    }
    *index = waiting.index;
    return ZCD_OK;
}
