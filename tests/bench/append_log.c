/*
 * append_log.c - the log alone, without HTTP and without scoring: entries appended and proofs read by many threads.
 *
 *     append_log CONNINFO KEY_FILE ORIGIN CHECKPOINT_FILE append CONNECTIONS SECONDS LEAF_BYTES
 *     append_log CONNINFO KEY_FILE ORIGIN CHECKPOINT_FILE proofs CONNECTIONS SECONDS
 *
 * Every connection is a thread that submits one entry, or asks for one proof, and waits for the answer before the next.
 * Entries are acknowledged durable, in the tree and signed; every 64th receipt is verified with the public key alone, and
 * every proof is. Prints one JSON object. For tests/bench/append.
 */
#include "audit/log.h"
#include "audit/note.h"
#include "audit/signature.h"
#include "db/connection.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ORGANISATIONS = 997, SAMPLES_MAX = 1 << 20, VERIFY_EVERY = 64 };

struct bench {
    struct log *log;
    struct note_vkey vkey;
    struct log_config config;
    struct buffer body;
    int64_t end_us;
    uint64_t size; /* of the log, for proofs */
    atomic_ullong done, failed, unproven;
    int32_t *latency_us;
    atomic_size_t sampled;
};

static int64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fail(const char *what, const struct zcd_error *err)
{
    (void)fprintf(stderr, "append_log: %s: %s\n", what, err->message);
    exit(1);
}

static void take_sample(struct bench *bench, int64_t latency_us)
{
    size_t i = atomic_fetch_add(&bench->sampled, 1);
    if (i < SAMPLES_MAX)
        bench->latency_us[i] = (int32_t)latency_us;
}

/* ------------------------------------------------------------------ appending */

struct client {
    struct bench *bench;
    struct log_entry entry;
    unsigned number, count;
    bool answered, acknowledged;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
};

static void answered(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct client *client = entry->user;
    struct checkpoint checkpoint;
    struct zcd_error reason;

    if (receipt == NULL)
        (void)fprintf(stderr, "append_log: %s\n", err->message);
    else if (client->count % VERIFY_EVERY == 0
             && proof_verify(&receipt->proof, receipt->leaf, &client->bench->vkey, &checkpoint, &reason) != ZCD_OK)
        atomic_fetch_add(&client->bench->unproven, 1);
    (void)pthread_mutex_lock(&client->mutex);
    client->answered = true;
    client->acknowledged = receipt != NULL;
    (void)pthread_cond_signal(&client->wake);
    (void)pthread_mutex_unlock(&client->mutex);
}

static void fill_entry(struct client *client)
{
    struct record *record = &client->entry.record;
    unsigned organisation = (client->number * 7919 + client->count) % ORGANISATIONS;

    *record = (struct record){.kind = RECORD_ASSESSMENT,
                              .actor = {.id = "bench", .role = "system"},
                              .as_of = {18536},
                              .engine = {.version = "0.1.0"},
                              .body = buffer_bytes(&client->bench->body)};
    (void)snprintf(record->subject.uscc.text, sizeof record->subject.uscc.text, "52440307BENCH%05u", organisation);
    memcpy(record->nonce, &client->number, sizeof client->number);
    memcpy(record->nonce + 4, &client->count, sizeof client->count);
    record->nonce[15] = 1;
}

static void *append_until_end(void *context)
{
    struct client *client = context;
    struct bench *bench = client->bench;
    struct zcd_error err;

    for (int64_t started_us = now_us(); started_us < bench->end_us; started_us = now_us()) {
        client->count++;
        fill_entry(client);
        client->answered = false;
        if (log_submit(bench->log, &client->entry, &err) != ZCD_OK)
            fail("submit", &err);
        (void)pthread_mutex_lock(&client->mutex);
        while (!client->answered)
            (void)pthread_cond_wait(&client->wake, &client->mutex);
        (void)pthread_mutex_unlock(&client->mutex);
        atomic_fetch_add(client->acknowledged ? &bench->done : &bench->failed, 1);
        take_sample(bench, now_us() - started_us);
    }
    return NULL;
}

static void make_body(struct bench *bench, size_t leaf_bytes)
{
    enum { FRAME_BYTES = 780 }; /* about what a leaf has besides its conditions */

    buffer_append_text(&bench->body, "{\"conditions\":[\"c\"");
    for (unsigned i = 0; bench->body.size + FRAME_BYTES < leaf_bytes; i++)
        buffer_append_format(&bench->body, ",\"condition_number_%03u\"", i % 1000);
    buffer_append_text(&bench->body, "],\"grade\":3,\"limit_fen\":500000000,\"outcome\":\"approve_with_conditions\","
                                     "\"rate_bp\":393,\"reasons\":[\"contract_income\",\"payers_on_time\"],"
                                     "\"tenor_months\":12}");
}

/* ------------------------------------------------------------------ proofs */

static void *prove_until_end(void *context)
{
    struct client *client = context;
    struct bench *bench = client->bench;
    const struct db_options options = {.conninfo = bench->config.conninfo, .role = DB_APPLICATION_ROLE};
    uint64_t random = client->number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    struct db *db = NULL;
    struct zcd_error err;

    if (db_connect(&options, &db, &err) != ZCD_OK)
        fail("connect", &err);
    for (int64_t started_us = now_us(); started_us < bench->end_us; started_us = now_us()) {
        struct log_record record = {0};
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        if (log_read_record(bench->log, db, (random >> 33) % bench->size, &record, &err) != ZCD_OK)
            fail("read", &err);
        log_record_done(&record);
        atomic_fetch_add(&bench->done, 1);
        take_sample(bench, now_us() - started_us);
    }
    db_close(db);
    return NULL;
}

/* ------------------------------------------------------------------ run */

static int compare_latencies(const void *a, const void *b)
{
    int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;
    return (first > second) - (first < second);
}

static void run(struct bench *bench, void *(*work)(void *), unsigned connections, int seconds)
{
    struct client *clients = calloc(connections, sizeof *clients);
    pthread_t *threads = calloc(connections, sizeof *threads);

    if (clients == NULL || threads == NULL)
        abort();
    int64_t started_us = now_us();
    bench->end_us = started_us + (int64_t)seconds * 1000000;
    for (unsigned i = 0; i < connections; i++) {
        clients[i].bench = bench;
        clients[i].number = i;
        clients[i].entry.user = &clients[i];
        clients[i].entry.done = answered;
        (void)pthread_mutex_init(&clients[i].mutex, NULL);
        (void)pthread_cond_init(&clients[i].wake, NULL);
        if (pthread_create(&threads[i], NULL, work, &clients[i]) != 0)
            abort();
    }
    for (unsigned i = 0; i < connections; i++)
        (void)pthread_join(threads[i], NULL);
    int64_t took_us = now_us() - started_us;

    struct log_counts counts;
    log_count(bench->log, &counts);
    size_t samples = bench->sampled < SAMPLES_MAX ? bench->sampled : SAMPLES_MAX;
    qsort(bench->latency_us, samples, sizeof *bench->latency_us, compare_latencies);
    (void)printf("{\"connections\":%u,\"seconds\":%lld,\"per_second\":%llu,\"failed\":%llu,\"unproven\":%llu,\"p50_us\":%d,"
                 "\"p99_us\":%d,\"max_us\":%d,\"batches\":%llu,\"signed\":%llu,\"size\":%llu}\n",
                 connections, (long long)(took_us / 1000000), bench->done * 1000000ULL / (unsigned long long)took_us,
                 (unsigned long long)bench->failed, (unsigned long long)bench->unproven,
                 samples == 0 ? 0 : bench->latency_us[samples / 2],
                 samples == 0 ? 0 : bench->latency_us[samples - 1 - samples / 100],
                 samples == 0 ? 0 : bench->latency_us[samples - 1], (unsigned long long)counts.batches_committed,
                 (unsigned long long)counts.checkpoints_signed, (unsigned long long)counts.signed_size);
    free(clients);
    free(threads);
}

int main(int count, char **words)
{
    struct bench bench = {.log = NULL};
    struct signature_key *key = NULL;
    struct zcd_error err;

    if (count < 8) {
        (void)fprintf(stderr, "usage: append_log CONNINFO KEY ORIGIN CHECKPOINT append|proofs CONNECTIONS SECONDS [BYTES]\n");
        return 64;
    }
    bool appends = strcmp(words[5], "append") == 0;
    if (signature_key_load(words[2], &key, &err) != ZCD_OK)
        fail("key", &err);
    bench.config = (struct log_config){.conninfo = words[1],
                                       .role = DB_APPLICATION_ROLE,
                                       .origin = words[3],
                                       .key = key,
                                       .checkpoint_path = words[4]};
    bench.latency_us = calloc(SAMPLES_MAX, sizeof *bench.latency_us);
    if (bench.latency_us == NULL)
        abort();
    if ((appends ? log_open : log_open_reader)(&bench.config, &bench.log, &err) != ZCD_OK)
        fail("open", &err);
    bench.vkey = *log_vkey(bench.log);
    if (appends) {
        make_body(&bench, count > 8 ? (size_t)strtoul(words[8], NULL, 10) : 2048);
    } else {
        struct buffer note = {0};
        struct checkpoint checkpoint;
        if (log_read_checkpoint(bench.log, &note, &checkpoint, &err) != ZCD_OK)
            fail("checkpoint", &err);
        bench.size = checkpoint.size;
        buffer_done(&note);
    }
    run(&bench, appends ? append_until_end : prove_until_end, (unsigned)strtoul(words[6], NULL, 10), atoi(words[7]));
    log_close(bench.log);
    signature_key_free(key);
    buffer_done(&bench.body);
    free(bench.latency_us);
    return bench.failed + bench.unproven == 0 ? 0 : 1;
}
