#include "api/flows/disclosure.h"

#include "api/clock.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <pthread.h>
#include <stdio.h>
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

    buffer_append(&text, row->uscc.text, strlen(row->uscc.text) + 1);
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

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct disclosure *disclosure = entry->user;
    bool is_recorded = receipt != NULL || err->code == ZCD_CONFLICT; /* by another request, this very moment */

    if (is_recorded)
        book_add(disclosure->book, &disclosure->row);
    disclosure->done(disclosure, is_recorded ? NULL : err);
}

static enum zcd_code submit(struct log *log, const uint64_t *read, struct disclosure *disclosure, struct zcd_error *err)
{
    struct log_entry *entry = &disclosure->entry;
    char day[DATE_TEXT_SIZE];

    (void)snprintf(disclosure->body, sizeof disclosure->body, "{\"form\":\"%s\",\"on\":\"%s\"}", disclosure->row.form,
                   date_format(disclosure->row.day, day));
    *entry = (struct log_entry){.user = disclosure, .done = finish};
    submit_prepare(&entry->record, RECORD_DISCLOSURE, disclosure->row.caller, disclosure->role);
    entry->record.actor.lender = disclosure->lender;
    entry->record.subject.uscc = disclosure->row.uscc;
    entry->record.prior = read;
    entry->record.prior_count = 1;
    entry->record.body = bytes_of_text(disclosure->body);
    return log_submit(log, entry, err);
}

enum zcd_code disclosure_record(struct disclosure_book *book, struct log *log, struct db *db, uint64_t read,
                                int64_t now_us, struct disclosure *disclosure, bool *is_known, struct zcd_error *err)
{
    disclosure->row.day = clock_shanghai_day(now_us);
    disclosure->book = book;
    disclosure->row.log_index = read;
    *is_known = book_has(book, &disclosure->row);
    if (*is_known)
        return ZCD_OK;
    enum zcd_code code = disclosure_store_has(db, &disclosure->row, is_known, err);
    if (code != ZCD_OK)
        return code;
    if (*is_known) {
        book_add(book, &disclosure->row);
        return ZCD_OK;
    }
    return submit(log, &disclosure->row.log_index, disclosure, err);
}

enum zcd_code disclosure_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                    struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    struct disclosure_row row = {.uscc = record->subject.uscc, .caller = record->actor.id, .log_index = log_index};
    const char *day;

    if (canonical_json_decode(record->body, &body, err) != ZCD_OK
        || canonical_json_read_text(body, "on", &day, err) != ZCD_OK || date_parse(day, &row.day, err) != ZCD_OK
        || canonical_json_read_text(body, "form", &row.form, err) != ZCD_OK)
        return err->code;
    return disclosure_store_insert(db, &row, err);
}
