/*
 * metrics.h - counters, gauges and histograms, and their text as Prometheus reads it (exposition format 0.0.4).
 *
 * Labels have values from small fixed sets - patterns of routes, outcomes, names of policies - and never an id, a name or
 * anything that a client sent: a metric must not grow with what is asked of the service. Integers only; durations in
 * microseconds. Thread: any; one lock, held for moments.
 */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

struct metrics;

/* The rows of metrics.def. */
enum metric {
#define METRIC(id, name, kind, help) METRIC_##id,
#include "api/metrics.def"
#undef METRIC
    METRIC_COUNT
};

enum { METRIC_LABELS_MAX = 3 };

/* The end of a list is a row without a name. Texts are copied; values may hold anything in UTF-8. */
struct metric_label {
    const char *name, *value;
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* Each for a metric of its kind; labels may be NULL. A series appears with the first call that names it. */
void metrics_add(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t count);
void metrics_observe(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t duration_us);
void metrics_set(struct metrics *metrics, enum metric metric, const struct metric_label *labels, int64_t value);

/* For counters that are counted elsewhere: the total, which never goes down. */
void metrics_set_total(struct metrics *metrics, enum metric metric, int64_t total);

/* Append all of them. */
void metrics_write(struct metrics *metrics, struct buffer *text);

#endif
