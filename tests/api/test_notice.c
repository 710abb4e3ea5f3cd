#include "api/notice.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, LINES_EACH = 1500 };

/* Standard error goes into a file from here on; stop_listening gives it back and the file to read. */
struct listening {
    int before;
    FILE *file;
};

static struct listening listen_to_standard_error(void)
{
    struct listening listening = {.before = dup(STDERR_FILENO), .file = tmpfile()};

    assert_true(listening.before >= 0);
    assert_non_null(listening.file);
    assert_true(dup2(fileno(listening.file), STDERR_FILENO) >= 0);
    return listening;
}

static void stop_listening(struct listening *listening)
{
    assert_true(dup2(listening->before, STDERR_FILENO) >= 0);
    (void)close(listening->before);
    rewind(listening->file);
}

static const char *member(const json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static void writes_one_object_a_line_with_time_level_and_event(void **state)
{
    struct listening listening = listen_to_standard_error();
    char line[256];
    (void)state;

    notice("failure", "detail", "a \"b\"\n\x01");
    stop_listening(&listening);
    assert_non_null(fgets(line, sizeof line, listening.file));
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(strlen(member(root, "at")), strlen("2026-11-21T09:39:19.173551Z"));
    assert_string_equal(member(root, "level"), "error");
    assert_string_equal(member(root, "event"), "failure");
    assert_string_equal(member(root, "detail"), "a \"b\"\n\x01");
    json_decref(root);
    assert_null(fgets(line, sizeof line, listening.file));
    (void)fclose(listening.file);
}

static void leaves_away_what_is_not_grave_enough(void **state)
{
    struct listening listening = listen_to_standard_error();
    char line[256];
    (void)state;

    notice_set_level(NOTICE_WARNING);
    notice("request", NULL, NULL);
    notice("something nobody has listed", NULL, NULL);
    notice("not_ready", NULL, NULL);
    notice_set_level(NOTICE_INFO);
    stop_listening(&listening);
    assert_non_null(fgets(line, sizeof line, listening.file));
    assert_non_null(strstr(line, "\"level\":\"warning\",\"event\":\"not_ready\""));
    assert_null(fgets(line, sizeof line, listening.file));
    (void)fclose(listening.file);
}

static void knows_its_levels_and_no_other(void **state)
{
    enum notice_level level = NOTICE_ERROR;
    (void)state;

    assert_true(notice_level_parse("info", &level));
    assert_int_equal(level, NOTICE_INFO);
    assert_true(notice_level_parse("warning", &level));
    assert_int_equal(level, NOTICE_WARNING);
    assert_false(notice_level_parse("", &level));
    assert_false(notice_level_parse("INFO", &level));
    assert_int_equal(level, NOTICE_WARNING);
}

static void *say_much(void *context)
{
    (void)context;
    for (int i = 0; i < LINES_EACH; i++)
        notice("job_file_left", NULL, NULL);
    return NULL;
}

/* Every line is whole, and what is missing was counted: here and, once the second is over, in a line. */
static void drops_and_counts_what_is_more_than_its_rate(void **state)
{
    struct listening listening = listen_to_standard_error();
    pthread_t threads[THREADS];
    int64_t before = notice_dropped();
    int64_t written = 0;
    int64_t told = 0;
    char text[256];
    (void)state;

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, say_much, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    (void)sleep(1);
    notice("stopped", NULL, NULL);
    stop_listening(&listening);
    while (fgets(text, sizeof text, listening.file) != NULL) {
        json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(line);
        if (strcmp(member(line, "event"), "job_file_left") == 0)
            written++;
        if (strcmp(member(line, "event"), "lines_dropped") == 0) {
            assert_string_equal(member(line, "of"), "job_file_left");
            told += json_integer_value(json_object_get(line, "count"));
        }
        json_decref(line);
    }
    assert_true(written >= NOTICE_LINES_PER_SECOND);
    assert_int_equal(written + told, THREADS * LINES_EACH);
    assert_int_equal(notice_dropped() - before, told);
    assert_true(told > 0);
    (void)fclose(listening.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_object_a_line_with_time_level_and_event),
        cmocka_unit_test(leaves_away_what_is_not_grave_enough),
        cmocka_unit_test(knows_its_levels_and_no_other),
        cmocka_unit_test(drops_and_counts_what_is_more_than_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
