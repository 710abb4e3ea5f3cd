#include "api/flows/disclosure.h"

#include "api/clock.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "contracts/disclosure_store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- book */

enum { PLACES = 4096, USED_MAX = PLACES / 2 };

/* Open addressing over digests of (day, organisation, caller, form); forgotten when it fills up or the day ends. */
struct disclosure_book {
    pthread_mutex_t mutex;
    struct date day;
    size_t used;
    bool is_used[PLACES];
    struct sha256 key[PLACES];
};

struct disclosure_book *disclosure_book_new(void)
{
    struct disclosure_book *book = calloc(1, sizeof *book);

    if (book == NULL)
        abort(); /* out of memory, as in base/ */
    (void)pthread_mutex_init(&book->mutex, NULL);
    return book;
}

void disclosure_book_free(struct disclosure_book *book)
{
    if (book == NULL)
        return;
    (void)pthread_mutex_destroy(&book->mutex);
    free(book);
}

/* Texts without NUL, each behind its length in the digest's input by the NULs between them. */
static struct sha256 key_of(const struct disclosure_row *row)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    buffer_append(&text, row->uscc, strlen(row->uscc) + 1);
    buffer_append(&text, row->caller, strlen(row->caller) + 1);
    buffer_append(&text, row->form, strlen(row->form) + 1);
    return sha256_of(buffer_bytes(&text));
}

/* With the mutex held: where the key is, or would go. */
static size_t place_of(const struct disclosure_book *book, const struct sha256 *key)
{
    size_t place = ((size_t)key->bytes[0] << 8 | key->bytes[1]) % PLACES;

    while (book->is_used[place] && !sha256_equal(&book->key[place], key))
        place = (place + 1) % PLACES;
    return place;
}

static void begin_day(struct disclosure_book *book, struct date day)
{
    if (date_compare(book->day, day) == 0 && book->used < USED_MAX)
        return;
    book->day = day;
    book->used = 0;
    memset(book->is_used, 0, sizeof book->is_used);
}

static bool book_has(struct disclosure_book *book, const struct disclosure_row *row)
{
    struct sha256 key = key_of(row);

    (void)pthread_mutex_lock(&book->mutex);
    begin_day(book, row->day);
    bool has = book->is_used[place_of(book, &key)];
    (void)pthread_mutex_unlock(&book->mutex);
    return has;
}

static void book_add(struct disclosure_book *book, const struct disclosure_row *row)
{
    struct sha256 key = key_of(row);

    (void)pthread_mutex_lock(&book->mutex);
    if (date_compare(book->day, row->day) == 0) {
        size_t place = place_of(book, &key);
        book->used += !book->is_used[place];
        book->is_used[place] = true;
        book->key[place] = key;
    }
    (void)pthread_mutex_unlock(&book->mutex);
}

/* ----------------------------------------------------------------- record */

enum { BODY_SIZE = 512 }; /* with a key of 64 bytes, each of them escaped */

/* Of one organisation, on its way into the log. */
struct disclosure {
    struct disclosure_row row; /* log_index is the record that is shown */
    struct uscc uscc;          /* "" of one abroad */
    struct disclosure_book *book;
    struct reading *reading;
    struct log_entry entry;
    char body[BODY_SIZE];
    struct zcd_error err; /* ZCD_OK when it is on record */
};

enum zcd_code disclosed_read(struct bytes leaf, uint64_t index, struct disclosed *disclosed, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record said;
    int64_t at_us;
    uint64_t sequence;

    if (record_parse(leaf, &arena, &said, &at_us, &sequence, err) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "the leaf is no record that this version can read");
    *disclosed = (struct disclosed){.uscc = said.subject.uscc, .index = index};
    if (said.kind == RECORD_DISCLOSURE)
        disclosed->uscc.text[0] = '\0';
    return ZCD_OK;
}

/* One part less to wait for; whoever was the last says what came of the whole. */
static void count_down(struct reading *reading)
{
    const struct zcd_error *failed = NULL;

    if (atomic_fetch_sub(&reading->waiting, 1) != 1)
        return;
    for (size_t i = 0; i < reading->part_count && failed == NULL; i++)
        if (reading->parts[i].err.code != ZCD_OK)
            failed = &reading->parts[i].err;
    reading->done(reading, failed);
}

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct disclosure *disclosure = entry->user;
    bool is_recorded = receipt != NULL || err->code == ZCD_CONFLICT; /* by another request, this very moment */

    if (is_recorded)
        book_add(disclosure->book, &disclosure->row);
    else
        disclosure->err = *err;
    count_down(disclosure->reading);
}

static struct bytes write_body(struct disclosure *disclosure, bool is_abroad)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    char day[DATE_TEXT_SIZE];

    buffer_append_format(&body, "{\"form\":\"%s\",\"on\":\"%s\"", disclosure->row.form, date_format(disclosure->row.day, day));
    if (is_abroad) {
        buffer_append_text(&body, ",\"organisation\":");
        canonical_json_append_string(&body, bytes_of_text(disclosure->row.uscc));
    }
    buffer_append_text(&body, "}");
    assert(body.size <= sizeof disclosure->body);
    memcpy(disclosure->body, body.data, body.size);
    return (struct bytes){(const uint8_t *)disclosure->body, body.size};
}

static void submit(struct log *log, struct disclosure *disclosure)
{
    const struct reading *reading = disclosure->reading;
    struct log_entry *entry = &disclosure->entry;
    bool is_abroad = disclosure->uscc.text[0] == '\0';

    *entry = (struct log_entry){.user = disclosure, .done = finish};
    submit_prepare(&entry->record, is_abroad ? RECORD_DISCLOSURE_ABROAD : RECORD_DISCLOSURE, reading->caller, reading->role);
    entry->record.actor.lender = reading->lender;
    entry->record.subject.uscc = disclosure->uscc;
    entry->record.prior = &disclosure->row.log_index;
    entry->record.prior_count = disclosure->row.log_index == DISCLOSED_FACTS ? 0 : 1;
    entry->record.body = write_body(disclosure, is_abroad);
    if (log_submit(log, entry, &disclosure->err) != ZCD_OK)
        count_down(disclosure->reading);
}

static bool is_among(const struct reading *reading, const char *organisation)
{
    for (size_t i = 0; i < reading->part_count; i++)
        if (strcmp(reading->parts[i].row.uscc, organisation) == 0)
            return true;
    return false;
}

/* One part for each organisation of which the book does not know that it is on record. */
static void make_parts(struct disclosure_book *book, struct date day, struct arena *arena, struct reading *reading)
{
    reading->parts = ARENA_NEW(arena, struct disclosure, reading->shown_count);
    reading->part_count = 0;
    for (size_t i = 0; i < reading->shown_count; i++) {
        const struct disclosed *shown = &reading->shown[i];
        struct disclosure_row row = {.uscc = shown->abroad != NULL ? shown->abroad : shown->uscc.text, .caller = reading->caller,
                                     .day = day, .form = reading->form, .log_index = shown->index};

        if (row.uscc[0] != '\0' && !is_among(reading, row.uscc) && !book_has(book, &row))
            reading->parts[reading->part_count++] =
                (struct disclosure){.row = row, .uscc = shown->uscc, .book = book, .reading = reading, .err = {.code = ZCD_OK}};
    }
}

/* Leave out those that the database has. */
static enum zcd_code drop_known(struct db *db, struct arena *arena, struct reading *reading, struct zcd_error *err)
{
    size_t count = reading->part_count;
    const char **uscc = ARENA_NEW(arena, const char *, count);
    bool *has = ARENA_NEW(arena, bool, count);

    for (size_t i = 0; i < count; i++)
        uscc[i] = reading->parts[i].row.uscc;
    enum zcd_code code =
        count == 0 ? ZCD_OK : disclosure_store_find(db, &reading->parts[0].row, uscc, count, has, err);
    reading->part_count = 0;
    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        if (has[i])
            book_add(reading->parts[i].book, &reading->parts[i].row);
        else
            reading->parts[reading->part_count++] = reading->parts[i];
    }
    return code;
}

void disclosure_record(struct disclosure_book *book, struct log *log, struct db *db, int64_t now_us, struct arena *arena,
                       struct reading *reading)
{
    struct zcd_error err;

    make_parts(book, clock_shanghai_day(now_us), arena, reading);
    if (drop_known(db, arena, reading, &err) != ZCD_OK) {
        reading->done(reading, &err);
        return;
    }
    size_t count = reading->part_count;
    struct disclosure *parts = reading->parts;
    atomic_init(&reading->waiting, count + 1);
    for (size_t i = 0; i < count; i++)
        submit(log, &parts[i]);
    count_down(reading); /* may end it: reading is not touched from here on */
}

struct waiting {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool is_done;
    struct zcd_error err;
};

static void wake(struct reading *reading, const struct zcd_error *err)
{
    struct waiting *waiting = reading->user;

    (void)pthread_mutex_lock(&waiting->mutex);
    waiting->is_done = true;
    if (err != NULL)
        waiting->err = *err;
    (void)pthread_cond_signal(&waiting->wake);
    (void)pthread_mutex_unlock(&waiting->mutex);
}

enum zcd_code disclosure_record_and_wait(struct log *log, struct db *db, int64_t now_us, struct arena *arena,
                                         struct reading *reading, struct zcd_error *err)
{
    struct waiting waiting = {
        .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .err = {.code = ZCD_OK}};
    struct disclosure_book *book = disclosure_book_new();

    reading->done = wake;
    reading->user = &waiting;
    disclosure_record(book, log, db, now_us, arena, reading);
    (void)pthread_mutex_lock(&waiting.mutex);
    while (!waiting.is_done)
        (void)pthread_cond_wait(&waiting.wake, &waiting.mutex);
    (void)pthread_mutex_unlock(&waiting.mutex);
    disclosure_book_free(book);
    if (waiting.err.code != ZCD_OK)
        *err = waiting.err;
    return waiting.err.code;
}

enum zcd_code disclosure_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                    struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    struct disclosure_row row = {.uscc = record->subject.uscc.text, .caller = record->actor.id, .log_index = log_index};
    bool is_abroad = record->kind == RECORD_DISCLOSURE_ABROAD;
    const char *day;

    if (canonical_json_decode(record->body, &body, err) != ZCD_OK
        || canonical_json_read_text(body, "on", &day, err) != ZCD_OK || date_parse(day, &row.day, err) != ZCD_OK
        || canonical_json_read_text(body, "form", &row.form, err) != ZCD_OK
        || (is_abroad && canonical_json_read_text(body, "organisation", &row.uscc, err) != ZCD_OK))
        return err->code;
    return disclosure_store_insert(db, &row, err); /* which copies the texts */
}
