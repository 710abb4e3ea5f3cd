#include "api/flows/witnessing.h"

#include "api/fetch.h"
#include "api/file.h"
#include "audit/checkpoint_store.h"
#include "audit/timestamp.h"
#include "audit/witness.h"
#include "base/cleanup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { TIMEOUT_MS = 10000, LOCK_WAIT_MS = 2000, PATH_SIZE = 4096, URL_SIZE = 512, TRIES = 2 };

static void close_store(struct checkpoint_store **store)
{
    checkpoint_store_close(*store);
}

/* One round: the checkpoint on its way, and the lines that were won. */
struct round {
    const struct witnessing_config *config;
    struct checkpoint checkpoint;
    struct buffer note, lines, before; /* before: the note that was published last; may be empty */
    struct checkpoint published;
    struct fetch_answer answer;
    struct witnessed *witnessed;
};

static void round_done(struct round *round)
{
    buffer_done(&round->note);
    buffer_done(&round->lines);
    buffer_done(&round->before);
    buffer_done(&round->answer.body);
}

static void note_problem(struct witnessed *witnessed, const struct zcd_error *problem)
{
    if (witnessed->problem_count < sizeof witnessed->problem / sizeof witnessed->problem[0])
        witnessed->problem[witnessed->problem_count++] = *problem;
}

/* ------------------------------------------------------------------ one witness */

static enum zcd_code post_checkpoint(struct round *round, const struct witness_member *member, uint64_t old_size,
                                     struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct witness_request request = {.old_size = old_size, .note = buffer_bytes(&round->note)};
    char url[URL_SIZE];

    enum zcd_code code =
        log_prove_growth(round->config->log, round->config->db, old_size, round->checkpoint.size, &request.proof, err);
    if (code != ZCD_OK)
        return code;
    witness_request_format(&request, &body);
    (void)snprintf(url, sizeof url, "%s/add-checkpoint", member->url);
    const struct bytes bytes = buffer_bytes(&body);
    const struct fetch_request post = {
        .url = url,
        .content_type = "text/plain; charset=utf-8",
        .body = &bytes,
        .answer_size_max = NOTE_SIZE_MAX,
        .timeout_ms = round->config->timeout_ms > 0 ? round->config->timeout_ms : TIMEOUT_MS,
    };
    return fetch(&post, &round->answer, err);
}

/* Only its own lines are kept, and only when they verify. */
static enum zcd_code take_cosignature(struct round *round, const struct witness_member *member, struct zcd_error *err)
{
    struct note_signature signature[NOTE_SIGNATURES_MAX];
    const struct note_signature *found;
    struct note note;
    size_t count;

    enum zcd_code code = note_parse(buffer_bytes(&round->note), &note, err);
    if (code == ZCD_OK)
        code = note_parse_lines(buffer_bytes(&round->answer.body), signature, &count, err);
    if (code == ZCD_OK)
        code = note_find_signature(note.text, signature, count, &member->vkey, &found, NULL, err);
    if (code == ZCD_OK)
        note_append_line(found, &round->lines);
    return code;
}

/* The body of a 409: one line with the size that the witness has. */
static bool read_size(const struct fetch_answer *answer, uint64_t *size)
{
    const char *text = (const char *)answer->body.data;
    size_t digits = strspn(text, "0123456789");

    if (strcmp(answer->content_type, WITNESS_SIZE_CONTENT_TYPE) != 0 || digits == 0 || digits > 18
        || strcmp(text + digits, "\n") != 0)
        return false;
    *size = strtoull(text, NULL, 10);
    return true;
}

static enum zcd_code ask_witness(struct round *round, const struct witness_member *member, uint64_t old_size,
                                 struct zcd_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        enum zcd_code code = post_checkpoint(round, member, old_size, err);
        if (code != ZCD_OK)
            return code;
        if (round->answer.status == 200)
            return take_cosignature(round, member, err);
        if (round->answer.status != 409 || !read_size(&round->answer, &old_size))
            return zcd_fail(err, ZCD_UNAVAILABLE, "answered %d", round->answer.status);
        if (old_size > round->checkpoint.size)
            return zcd_fail(err, ZCD_CONFLICT, "has seen %" PRIu64 " records, more than the log's %" PRIu64, old_size,
                            round->checkpoint.size);
    }
    return zcd_fail(err, ZCD_UNAVAILABLE, "keeps changing its mind about the size it has seen");
}

/* What it cosigned last time, as far as we know; the answer 409 tells better. */
static uint64_t guess_size(const struct round *round, const struct witness_member *member)
{
    const struct note_signature *found;
    struct note note;
    struct zcd_error err;

    if (round->before.size == 0 || note_parse(buffer_bytes(&round->before), &note, &err) != ZCD_OK
        || note_find_signature(note.text, note.signature, note.signature_count, &member->vkey, &found, NULL, &err)
               != ZCD_OK
        || round->published.size > round->checkpoint.size)
        return 0;
    return round->published.size;
}

static void ask_witnesses(struct round *round)
{
    const struct witness_policy *policy = round->config->policy;
    struct zcd_error err, named;

    for (size_t i = 0; policy != NULL && i < policy->member_count; i++) {
        const struct witness_member *member = &policy->member[i];
        if (member->url[0] == '\0')
            continue;
        enum zcd_code code = ask_witness(round, member, guess_size(round, member), &err);
        if (code == ZCD_OK) {
            round->witnessed->cosigned++;
            continue;
        }
        round->witnessed->failed++;
        (void)zcd_fail(&named, code, "%.60s: %.160s", member->name, err.message);
        note_problem(round->witnessed, &named);
    }
}

/* ------------------------------------------------------------------ the timestamp */

static enum zcd_code write_token(const char *path, struct bytes token, struct zcd_error *err)
{
    char fresh[PATH_SIZE + 16];
    FILE *file;

    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    file = fopen(fresh, "wb");
    if (file == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "%.150s cannot be written: %s", fresh, strerror(errno));
    bool good = fwrite(token.data, 1, token.size, file) == token.size && fflush(file) == 0 && fsync(fileno(file)) == 0;
    good = fclose(file) == 0 && good;
    if (!good || rename(fresh, path) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "%.150s cannot be written: %s", path, strerror(errno));
    return ZCD_OK;
}

static enum zcd_code ask_authority(struct round *round, struct bytes text, struct buffer *token, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer query = {0};
    uint8_t nonce[TIMESTAMP_NONCE_SIZE];

    if (getrandom(nonce, sizeof nonce, 0) != (ssize_t)sizeof nonce)
        return zcd_fail(err, ZCD_UNAVAILABLE, "there is no randomness");
    timestamp_request(text, nonce, &query);
    const struct bytes bytes = buffer_bytes(&query);
    const struct fetch_request post = {
        .url = round->config->timestamp_url,
        .content_type = TIMESTAMP_QUERY_TYPE,
        .body = &bytes,
        .answer_size_max = TIMESTAMP_SIZE_MAX,
        .timeout_ms = round->config->timeout_ms > 0 ? round->config->timeout_ms : TIMEOUT_MS,
    };
    enum zcd_code code = fetch(&post, &round->answer, err);
    if (code == ZCD_OK && round->answer.status != 200)
        code = zcd_fail(err, ZCD_UNAVAILABLE, "the time-stamping authority answered %d", round->answer.status);
    return code == ZCD_OK ? timestamp_accept(buffer_bytes(&round->answer.body), text, nonce, token, err) : code;
}

/* Best effort: a checkpoint without a timestamp is one all the same. */
static void timestamp(struct round *round, const char *path)
{
    ZCD_AUTO(buffer_done)
    struct buffer token = {0};
    char token_path[PATH_SIZE + 8];
    struct note note;
    struct zcd_error err;

    if (round->config->timestamp_url == NULL)
        return;
    (void)snprintf(token_path, sizeof token_path, "%s.tsr", path);
    enum zcd_code code = note_parse(buffer_bytes(&round->note), &note, &err);
    if (code == ZCD_OK)
        code = ask_authority(round, note.text, &token, &err);
    if (code == ZCD_OK)
        code = write_token(token_path, buffer_bytes(&token), &err);
    round->witnessed->is_timestamped = code == ZCD_OK;
    if (code != ZCD_OK)
        note_problem(round->witnessed, &err);
}

/* ------------------------------------------------------------------ the round */

static enum zcd_code published_path(const char *checkpoint_path, char path[PATH_SIZE], struct zcd_error *err)
{
    if (snprintf(path, PATH_SIZE, "%s.published", checkpoint_path) >= PATH_SIZE - 8)
        return zcd_fail(err, ZCD_INVALID, "the checkpoint store's name is too long");
    return ZCD_OK;
}

static enum zcd_code check_quorum(const struct round *round, struct bytes cosigned, struct zcd_error *err)
{
    struct note note;
    size_t count;

    if (round->config->policy == NULL)
        return ZCD_OK;
    enum zcd_code code = note_parse(cosigned, &note, err);
    return code == ZCD_OK ? witness_policy_check(round->config->policy, &note, &count, err) : code;
}

/* Under the file's lock. What is published already is not published again. */
static enum zcd_code publish(struct round *round, struct checkpoint_store *store, const char *path,
                             struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer cosigned = {0};
    struct bytes before;

    enum zcd_code code = checkpoint_store_read(store, &round->published, &before, err);
    const bool is_present = code == ZCD_OK;
    if (code != ZCD_OK && code != ZCD_NOT_FOUND)
        return code;
    if (is_present)
        buffer_append(&round->before, before.data, before.size);
    if (is_present && round->published.size >= round->checkpoint.size) {
        round->witnessed->is_published = true;
        return ZCD_OK;
    }
    ask_witnesses(round);
    buffer_append(&cosigned, round->note.data, round->note.size);
    buffer_append(&cosigned, round->lines.data, round->lines.size);
    code = check_quorum(round, buffer_bytes(&cosigned), err);
    if (code != ZCD_OK)
        return code;
    timestamp(round, path);
    code = checkpoint_store_replace(store, is_present ? &round->published : NULL, buffer_bytes(&cosigned), err);
    round->witnessed->is_published = code == ZCD_OK;
    return code;
}

enum zcd_code witnessing_run(const struct witnessing_config *config, struct witnessed *witnessed, struct zcd_error *err)
{
    ZCD_AUTO(round_done)
    struct round round = {.config = config, .witnessed = witnessed};
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = NULL;
    char path[PATH_SIZE];

    *witnessed = (struct witnessed){.size = 0};
    enum zcd_code code = published_path(config->checkpoint_path, path, err);
    if (code == ZCD_OK)
        code = log_read_checkpoint(config->log, &round.note, &round.checkpoint, err);
    if (code == ZCD_OK)
        code = checkpoint_store_open(path, log_vkey(config->log), &store, err);
    if (code == ZCD_OK)
        code = checkpoint_store_lock(store, LOCK_WAIT_MS, err);
    if (code != ZCD_OK)
        return code;
    witnessed->size = round.checkpoint.size;
    code = publish(&round, store, path, err);
    checkpoint_store_unlock(store);
    return code;
}

/* ------------------------------------------------------------------ reading */

/* A token of an earlier text is as good as none: the two files are not written in one step. */
static void read_token(const char *path, struct bytes note, struct buffer *token)
{
    ZCD_AUTO(buffer_done)
    struct buffer read = {0};
    char token_path[PATH_SIZE + 8];
    struct note parsed;
    struct zcd_error err;

    (void)snprintf(token_path, sizeof token_path, "%s.tsr", path);
    if (file_read(token_path, TIMESTAMP_SIZE_MAX, &read, &err) == ZCD_OK && note_parse(note, &parsed, &err) == ZCD_OK
        && timestamp_is_about(buffer_bytes(&read), parsed.text))
        buffer_append(token, read.data, read.size);
}

enum zcd_code witnessing_read(const char *checkpoint_path, const struct note_vkey *vkey, struct buffer *note,
                              struct checkpoint *checkpoint, struct buffer *token, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer read = {0};
    char path[PATH_SIZE];
    struct zcd_error reason;

    enum zcd_code code = published_path(checkpoint_path, path, err);
    if (code == ZCD_OK)
        code = file_read(path, NOTE_SIZE_MAX, &read, err);
    if (code != ZCD_OK)
        return code;
    if (checkpoint_verify(buffer_bytes(&read), vkey, checkpoint, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "the published checkpoint is not one of this log: %.160s", reason.message);
    buffer_append(note, read.data, read.size);
    if (token != NULL)
        read_token(path, buffer_bytes(&read), token);
    return ZCD_OK;
}
