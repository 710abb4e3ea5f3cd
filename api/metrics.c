#include "api/metrics.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum kind { COUNTER, GAUGE, GAUGE_SECONDS, HISTOGRAM };

static const struct row {
    const char *name;
    enum kind kind;
    const char *help;
} ROWS[METRIC_COUNT] = {
#define METRIC(id, name, kind, help) {name, kind, help},
#include "api/metrics.def"
#undef METRIC
};

static const char *const TYPES[] = {"counter", "gauge", "gauge", "histogram"};

/* Upper bounds of a histogram's buckets; 20 ms is what assessments aim at (p99). */
static const struct bound {
    int64_t us;
    const char *text;
} BOUNDS[] = {
    {500, "0.0005"},   {1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"}, {20000, "0.02"}, {50000, "0.05"},
    {100000, "0.1"},   {250000, "0.25"}, {500000, "0.5"}, {1000000, "1"},  {2500000, "2.5"}, {5000000, "5"},  {10000000, "10"},
};
enum { BOUND_COUNT = sizeof BOUNDS / sizeof *BOUNDS };

/* One metric with one set of labels. */
struct series {
    struct series *next; /* in order of appearance */
    char *labels;        /* as they are written: name="value",name="value" */
    int64_t value;       /* of a histogram the sum, in microseconds */
    int64_t buckets[BOUND_COUNT + 1]; /* not cumulated; the last is of what is beyond every bound */
};

struct metrics {
    pthread_mutex_t lock; /* of all below */
    struct series *series[METRIC_COUNT];
};

/* A label's value (exposition format): backslash, quote and line feed are escaped. */
static void append_value(struct buffer *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            buffer_append_text(text, "\\n");
        else if (*value == '\\' || *value == '"')
            buffer_append_format(text, "\\%c", *value);
        else
            buffer_append(text, value, 1);
    }
}

static void format_labels(const struct metric_label *labels, struct buffer *text)
{
    for (size_t i = 0; labels != NULL && labels[i].name != NULL; i++) {
        assert(i < METRIC_LABELS_MAX);
        buffer_append_format(text, "%s%s=\"", i == 0 ? "" : ",", labels[i].name);
        append_value(text, labels[i].value);
        buffer_append_text(text, "\"");
    }
}

/* With the lock held. */
static struct series *find_or_add(struct metrics *metrics, enum metric metric, struct buffer *labels)
{
    struct series **place = &metrics->series[metric];

    for (; *place != NULL; place = &(*place)->next) {
        if (bytes_equal(bytes_of_text((*place)->labels), buffer_bytes(labels)))
            return *place;
    }
    *place = calloc(1, sizeof **place);
    if (*place == NULL)
        abort();
    (*place)->labels = strdup(labels->size == 0 ? "" : (const char *)labels->data);
    if ((*place)->labels == NULL)
        abort();
    return *place;
}

static struct series *lock_series(struct metrics *metrics, enum metric metric, const struct metric_label *labels)
{
    struct buffer text = {0};

    format_labels(labels, &text);
    (void)pthread_mutex_lock(&metrics->lock);
    struct series *found = find_or_add(metrics, metric, &text);
    buffer_done(&text);
    return found;
}

struct metrics *metrics_new(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);

    if (metrics == NULL)
        abort();
    (void)pthread_mutex_init(&metrics->lock, NULL);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL)
        return;
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        for (struct series *one = metrics->series[i], *next; one != NULL; one = next) {
            next = one->next;
            free(one->labels);
            free(one);
        }
    }
    (void)pthread_mutex_destroy(&metrics->lock);
    free(metrics);
}

void metrics_add(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t count)
{
    assert(ROWS[metric].kind == COUNTER && count >= 0);
    lock_series(metrics, metric, labels)->value += count;
    (void)pthread_mutex_unlock(&metrics->lock);
}

void metrics_observe(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t duration_us)
{
    size_t bucket = 0;

    assert(ROWS[metric].kind == HISTOGRAM);
    while (bucket < BOUND_COUNT && duration_us > BOUNDS[bucket].us)
        bucket++;
    struct series *series = lock_series(metrics, metric, labels);
    series->buckets[bucket]++;
    series->value += duration_us;
    (void)pthread_mutex_unlock(&metrics->lock);
}

void metrics_set(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t value)
{
    assert(ROWS[metric].kind == GAUGE || ROWS[metric].kind == GAUGE_SECONDS);
    lock_series(metrics, metric, labels)->value = value;
    (void)pthread_mutex_unlock(&metrics->lock);
}

void metrics_set_total(struct metrics *metrics, enum metric metric, int64_t total)
{
    assert(ROWS[metric].kind == COUNTER);
    struct series *series = lock_series(metrics, metric, NULL);
    if (total > series->value)
        series->value = total;
    (void)pthread_mutex_unlock(&metrics->lock);
}

/* ------------------------------------------------------------------ text */

static void write_seconds(int64_t us, struct buffer *text)
{
    buffer_append_format(text, "%lld.%06lld\n", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void write_name(const struct row *row, const char *suffix, const char *labels, struct buffer *text)
{
    const char *const BRACES[] = {labels[0] == '\0' ? "" : "{", labels[0] == '\0' ? "" : "}"};
    buffer_append_format(text, "%s%s%s%s%s ", row->name, suffix, BRACES[0], labels, BRACES[1]);
}

static void write_histogram(const struct row *row, const struct series *series, struct buffer *text)
{
    const char *comma = series->labels[0] == '\0' ? "" : ",";
    int64_t count = 0;

    for (size_t i = 0; i <= BOUND_COUNT; i++) {
        count += series->buckets[i];
        buffer_append_format(text, "%s_bucket{%s%sle=\"%s\"} %lld\n", row->name, series->labels, comma,
                             i < BOUND_COUNT ? BOUNDS[i].text : "+Inf", (long long)count);
    }
    write_name(row, "_sum", series->labels, text);
    write_seconds(series->value, text);
    write_name(row, "_count", series->labels, text);
    buffer_append_format(text, "%lld\n", (long long)count);
}

static void write_series(const struct row *row, const struct series *series, struct buffer *text)
{
    if (row->kind == HISTOGRAM) {
        write_histogram(row, series, text);
        return;
    }
    write_name(row, "", series->labels, text);
    if (row->kind == GAUGE_SECONDS)
        write_seconds(series->value, text);
    else
        buffer_append_format(text, "%lld\n", (long long)series->value);
}

void metrics_write(struct metrics *metrics, struct buffer *text)
{
    (void)pthread_mutex_lock(&metrics->lock);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (metrics->series[i] == NULL)
            continue;
        buffer_append_format(text, "# HELP %s %s\n# TYPE %s %s\n", ROWS[i].name, ROWS[i].help, ROWS[i].name, TYPES[ROWS[i].kind]);
        for (const struct series *one = metrics->series[i]; one != NULL; one = one->next)
            write_series(&ROWS[i], one, text);
    }
    (void)pthread_mutex_unlock(&metrics->lock);
}
