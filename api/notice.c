#include "api/notice.h"

#include "api/clock.h"
#include "audit/canonical_json.h"
#include "audit/record.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static const char *const LEVEL_NAMES[] = {"info", "warning", "error"};
enum { LEVEL_COUNT = sizeof LEVEL_NAMES / sizeof *LEVEL_NAMES };

/* Every event that the process has; docs/operations.md says what to do about each. */
static const struct event {
    const char *name;
    enum notice_level level;
} EVENTS[] = {
    {"serving", NOTICE_INFO},
    {"metrics_served", NOTICE_INFO},
    {"request", NOTICE_INFO},
    {"job", NOTICE_INFO},
    {"certificate_replaced", NOTICE_INFO},
    {"stopping", NOTICE_INFO},
    {"stopped", NOTICE_INFO},
    {"witness", NOTICE_WARNING},
    {"witness_round", NOTICE_WARNING},
    {"certificate_refused", NOTICE_WARNING},
    {"webhook", NOTICE_WARNING},
    {"issuer_keys_failed", NOTICE_WARNING},
    {"job_file_left", NOTICE_WARNING},
    {"not_ready", NOTICE_WARNING},
    {"lines_dropped", NOTICE_WARNING},
    {"reference_ends", NOTICE_WARNING},
    {"failure", NOTICE_ERROR},
    {"directory_failed", NOTICE_ERROR},
    {"clerk_failed", NOTICE_ERROR},
    {"events_failed", NOTICE_ERROR},
    {"jobs_failed", NOTICE_ERROR},
    {"inconsistent", NOTICE_ERROR},
    {"cannot_serve", NOTICE_ERROR},
};
enum { EVENT_COUNT = sizeof EVENTS / sizeof *EVENTS, OTHER = EVENT_COUNT }; /* OTHER: all that are not there */

/*
 * The one thing of the process that is not reached through an object handed around: there is one standard error, and
 * whoever says something, wherever it is, says it there.
 */
static struct {
    pthread_mutex_t lock; /* of all below, and held while writing */
    enum notice_level level;
    int64_t second;                  /* which the numbers below are of */
    int64_t written[EVENT_COUNT + 1];
    int64_t dropped[EVENT_COUNT + 1];
    int64_t dropped_ever;
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t row_of(const char *event)
{
    size_t row = 0;

    while (row < EVENT_COUNT && strcmp(EVENTS[row].name, event) != 0)
        row++;
    return row;
}

static enum notice_level level_of(size_t row)
{
    return row == OTHER ? NOTICE_INFO : EVENTS[row].level;
}

bool notice_level_parse(const char *text, enum notice_level *level)
{
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(LEVEL_NAMES[i], text) != 0)
            continue;
        *level = (enum notice_level)i;
        return true;
    }
    return false;
}

void notice_set_level(enum notice_level level)
{
    (void)pthread_mutex_lock(&writer.lock);
    writer.level = level;
    (void)pthread_mutex_unlock(&writer.lock);
}

int64_t notice_dropped(void)
{
    (void)pthread_mutex_lock(&writer.lock);
    int64_t count = writer.dropped_ever;
    (void)pthread_mutex_unlock(&writer.lock);
    return count;
}

void notice_begin(struct notice *notice, const char *event)
{
    char at[RECORD_AT_TEXT_SIZE];

    *notice = (struct notice){.event = event};
    buffer_append_text(&notice->line, "{\"at\":");
    canonical_json_append_string(&notice->line, bytes_of_text(record_at_format(clock_now_us(), at)));
    notice_text(notice, "level", LEVEL_NAMES[level_of(row_of(event))]);
    notice_text(notice, "event", event);
}

static void append_name(struct notice *notice, const char *name)
{
    buffer_append_text(&notice->line, ",\"");
    buffer_append_text(&notice->line, name);
    buffer_append_text(&notice->line, "\":");
}

void notice_text(struct notice *notice, const char *name, const char *value)
{
    append_name(notice, name);
    canonical_json_append_string(&notice->line, bytes_of_text(value));
}

void notice_integer(struct notice *notice, const char *name, int64_t value)
{
    append_name(notice, name);
    canonical_json_append_integer(&notice->line, value);
}

void notice_json(struct notice *notice, struct bytes members)
{
    if (members.size == 0)
        return;
    buffer_append_text(&notice->line, ",");
    buffer_append(&notice->line, members.data, members.size);
}

static void put(const struct buffer *line)
{
    ssize_t written = write(STDERR_FILENO, line->data, line->size);
    (void)written; /* there is nobody else to tell */
}

static void put_dropped(size_t row)
{
    struct notice line;

    notice_begin(&line, "lines_dropped");
    notice_text(&line, "of", row == OTHER ? "other" : EVENTS[row].name);
    notice_integer(&line, "count", writer.dropped[row]);
    buffer_append_text(&line.line, "}\n");
    put(&line.line);
    buffer_done(&line.line);
}

/* With the lock held: a second is over. */
static void begin_second(int64_t second)
{
    for (size_t row = 0; row <= EVENT_COUNT; row++) {
        if (writer.dropped[row] > 0)
            put_dropped(row);
        writer.dropped[row] = 0;
        writer.written[row] = 0;
    }
    writer.second = second;
}

/* With the lock held. */
static bool may_write(size_t row)
{
    int64_t second = clock_monotonic_us() / 1000000;

    if (level_of(row) < writer.level)
        return false;
    if (second != writer.second)
        begin_second(second);
    if (writer.written[row] < NOTICE_LINES_PER_SECOND) {
        writer.written[row]++;
        return true;
    }
    writer.dropped[row]++;
    writer.dropped_ever++;
    return false;
}

void notice_write(struct notice *notice)
{
    size_t row = row_of(notice->event);

    buffer_append_text(&notice->line, "}\n");
    (void)pthread_mutex_lock(&writer.lock);
    if (may_write(row))
        put(&notice->line);
    (void)pthread_mutex_unlock(&writer.lock);
    buffer_done(&notice->line);
}

void notice(const char *event, const char *name, const char *value)
{
    struct notice line;

    notice_begin(&line, event);
    if (value != NULL)
        notice_text(&line, name, value);
    notice_write(&line);
}
