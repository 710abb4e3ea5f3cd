#include "api/metrics.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

static bool has_line(const struct buffer *text, const char *line)
{
    const char *found = text->data == NULL ? NULL : strstr((const char *)text->data, line);
    return found != NULL && found[strlen(line)] == '\n' && (found == (const char *)text->data || found[-1] == '\n');
}

static void shows_nothing_before_anything_was_measured(void **state)
{
    struct metrics *metrics = metrics_new();
    struct buffer text = {0};
    (void)state;

    metrics_write(metrics, &text);
    assert_int_equal(text.size, 0);
    metrics_free(metrics);
}

static void counts_for_each_set_of_labels(void **state)
{
    const struct metric_label approve[] = {{"outcome", "approve"}, {"policy", "p"}, {NULL, NULL}};
    const struct metric_label refer[] = {{"outcome", "refer"}, {"policy", "p"}, {NULL, NULL}};
    struct metrics *metrics = metrics_new();
    struct buffer text = {0};
    (void)state;

    metrics_add(metrics, METRIC_DECISIONS, approve, 2);
    metrics_add(metrics, METRIC_DECISIONS, refer, 0);
    metrics_add(metrics, METRIC_DECISIONS, approve, 1);
    metrics_write(metrics, &text);
    assert_true(has_line(&text, "# TYPE zcd_decisions_total counter"));
    assert_true(has_line(&text, "zcd_decisions_total{outcome=\"approve\",policy=\"p\"} 3"));
    assert_true(has_line(&text, "zcd_decisions_total{outcome=\"refer\",policy=\"p\"} 0"));
    buffer_done(&text);
    metrics_free(metrics);
}

/* Exposition format: buckets are cumulative, a value on a bound is in that bucket, +Inf equals the count. */
static void cumulates_buckets_up_to_infinity(void **state)
{
    const struct metric_label labels[] = {{"policy", "p"}, {NULL, NULL}};
    struct metrics *metrics = metrics_new();
    struct buffer text = {0};
    (void)state;

    metrics_observe(metrics, METRIC_DECISION_DURATION, labels, 20000);
    metrics_observe(metrics, METRIC_DECISION_DURATION, labels, 20001);
    metrics_observe(metrics, METRIC_DECISION_DURATION, labels, 11000000);
    metrics_write(metrics, &text);
    assert_true(has_line(&text, "zcd_decision_duration_seconds_bucket{policy=\"p\",le=\"0.01\"} 0"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_bucket{policy=\"p\",le=\"0.02\"} 1"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_bucket{policy=\"p\",le=\"0.05\"} 2"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_bucket{policy=\"p\",le=\"10\"} 2"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_bucket{policy=\"p\",le=\"+Inf\"} 3"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_sum{policy=\"p\"} 11.040001"));
    assert_true(has_line(&text, "zcd_decision_duration_seconds_count{policy=\"p\"} 3"));
    buffer_done(&text);
    metrics_free(metrics);
}

static void keeps_a_label_from_ending_its_line(void **state)
{
    const struct metric_label labels[] = {{"version", "a\"b\\c\nd"}, {NULL, NULL}};
    struct metrics *metrics = metrics_new();
    struct buffer text = {0};
    (void)state;

    metrics_set(metrics, METRIC_BUILD_INFO, labels, 1);
    metrics_write(metrics, &text);
    assert_true(has_line(&text, "zcd_build_info{version=\"a\\\"b\\\\c\\nd\"} 1"));
    buffer_done(&text);
    metrics_free(metrics);
}

static void never_lets_a_total_go_down(void **state)
{
    struct metrics *metrics = metrics_new();
    struct buffer text = {0};
    (void)state;

    metrics_set_total(metrics, METRIC_LOG_WRITTEN, 7);
    metrics_set_total(metrics, METRIC_LOG_WRITTEN, 5);
    metrics_set(metrics, METRIC_SEAL_LAG, NULL, 1500000);
    metrics_set(metrics, METRIC_SEAL_LAG, NULL, 50);
    metrics_write(metrics, &text);
    assert_true(has_line(&text, "zcd_audit_records_total 7"));
    assert_true(has_line(&text, "zcd_audit_seal_lag_seconds 0.000050"));
    buffer_done(&text);
    metrics_free(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_nothing_before_anything_was_measured), cmocka_unit_test(counts_for_each_set_of_labels),
        cmocka_unit_test(cumulates_buckets_up_to_infinity),           cmocka_unit_test(keeps_a_label_from_ending_its_line),
        cmocka_unit_test(never_lets_a_total_go_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
