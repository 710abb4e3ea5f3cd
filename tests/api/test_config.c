#include "api/config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum zcd_code read_one(const char *variable, struct arena *arena, struct config *config, struct zcd_error *err)
{
    char *environment[] = {(char *)(uintptr_t)variable, NULL};
    return config_read(environment, arena, config, err);
}

static void has_defaults_for_what_need_not_be_said(void **state)
{
    char *environment[] = {(char *)(uintptr_t) "PATH=/bin", NULL};
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;
    (void)state;

    assert_int_equal(config_read(environment, &arena, &config, &err), ZCD_OK);
    assert_string_equal(config.listen, "127.0.0.1:8080");
    assert_string_equal(config.policy, "zhengcaidai");
    assert_null(config.database_url);
    assert_true(config.workers >= 1);
    arena_done(&arena);
}

static void refuses_what_cannot_be_meant(void **state)
{
    static const struct {
        const char *variable, *message;
    } CASES[] = {
        {"ZCD_DATABASE_URI=x", "ZCD_DATABASE_URI is not a setting"},
        {"ZCD_=x", "ZCD_ is not a setting"},
        {"ZCD_listen=x", "ZCD_listen is not a setting"},
        {"ZCD_LISTEN=", "ZCD_LISTEN is empty"},
        {"ZCD_LOG_LEVEL=debug", "ZCD_LOG_LEVEL is not one of info, warning, error"},
        {"ZCD_LOG_QUEUE=0", "ZCD_LOG_QUEUE is not a number from 1 to 65536"},
        {"ZCD_WEBHOOK_ADDRESSES=localhost", "ZCD_WEBHOOK_ADDRESSES: not an address or prefix: localhost"},
        {"ZCD_JOB_RUNNERS=17", "ZCD_JOB_RUNNERS is not a number from 0 to 16"},
        {"ZCD_JOB_RUNNERS=-1", "ZCD_JOB_RUNNERS is not a number from 0 to 16"},
        {"ZCD_LOG_QUEUE=65537", "ZCD_LOG_QUEUE is not a number from 1 to 65536"},
        {"ZCD_CONNECTIONS=15", "ZCD_CONNECTIONS is not a number from 16 to 65536"},
        {"ZCD_WORKERS=0", "ZCD_WORKERS is not a number from 1 to 64"},
        {"ZCD_WORKERS=65", "ZCD_WORKERS is not a number from 1 to 64"},
        {"ZCD_WORKERS=2x", "ZCD_WORKERS is not a number from 1 to 64"},
        {"ZCD_WORKERS=99999999999999999999", "ZCD_WORKERS is not a number from 1 to 64"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {0};
        struct config config = {.listen = "untouched"};
        struct zcd_error err;

        assert_int_not_equal(read_one(CASES[i].variable, &arena, &config, &err), ZCD_OK);
        assert_memory_equal(err.message, CASES[i].message, strlen(CASES[i].message));
        assert_string_equal(config.listen, "untouched");
        arena_done(&arena);
    }
}

static void names_the_first_setting_that_a_service_lacks(void **state)
{
    static const char *const ALL[] = {"ZCD_DATABASE_URL=d", "ZCD_KEY_FILE=k", "ZCD_ORIGIN=o", "ZCD_CHECKPOINT_STORE=c"};
    enum { COUNT = sizeof ALL / sizeof *ALL };
    (void)state;

    for (size_t given = 0; given <= COUNT; given++) {
        char *environment[COUNT + 1] = {NULL};
        struct arena arena = {0};
        struct config config;
        struct zcd_error err;

        for (size_t i = 0; i < given; i++)
            environment[i] = (char *)(uintptr_t)ALL[i];
        assert_int_equal(config_read(environment, &arena, &config, &err), ZCD_OK);
        if (given == COUNT) {
            assert_int_equal(config_check_serve(&config, &err), ZCD_OK);
        } else {
            assert_int_equal(config_check_serve(&config, &err), ZCD_INVALID);
            assert_memory_equal(err.message, ALL[given], strcspn(ALL[given], "="));
        }
        arena_done(&arena);
    }
}

static void never_prints_a_secret(void **state)
{
    char *environment[] = {(char *)(uintptr_t) "ZCD_DATABASE_URL=password=sesame",
                           (char *)(uintptr_t) "ZCD_ORIGIN=a \"bank\"", NULL};
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;
    struct buffer json = {0};
    (void)state;

    assert_int_equal(config_read(environment, &arena, &config, &err), ZCD_OK);
    config_describe(&config, &json);
    assert_null(strstr((const char *)json.data, "sesame"));
    assert_non_null(strstr((const char *)json.data, "\"database_url\":\"(given)\""));
    assert_non_null(strstr((const char *)json.data, "\"origin\":\"a \\\"bank\\\"\""));
    buffer_clear(&json);
    config_print(&config, &json);
    assert_null(strstr((const char *)json.data, "sesame"));
    assert_non_null(strstr((const char *)json.data, "ZCD_DATABASE_URL"));
    buffer_done(&json);
    arena_done(&arena);
}

static enum zcd_code read_file(const char *text, const char *variable, struct arena *arena, struct config *config,
                               struct zcd_error *err)
{
    char *environment[] = {(char *)(uintptr_t)variable, NULL};
    const struct bytes content = bytes_of_text(text);

    return config_read_with(environment, "zcd.conf", &content, arena, config, err);
}

/* Does the line in which `part` stands end with `end`? */
static bool ends_line(const char *text, const char *part, const char *end)
{
    const char *line = strstr(text, part);
    const char *stop = line == NULL ? NULL : strchr(line, '\n');

    return stop != NULL && memcmp(stop - strlen(end), end, strlen(end)) == 0;
}

static void takes_the_file_and_lets_the_environment_win(void **state)
{
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;
    struct buffer text = {0};
    (void)state;

    assert_int_equal(read_file("# ours\n\nZCD_LISTEN=127.0.0.1:1\nZCD_ORIGIN=a = b # c\nZCD_WORKERS=3", "ZCD_LISTEN=127.0.0.1:2",
                               &arena, &config, &err), ZCD_OK);
    assert_string_equal(config.listen, "127.0.0.1:2");
    assert_string_equal(config.origin, "a = b # c");
    assert_int_equal(config.workers, 3);
    config_print(&config, &text);
    const char *printed = (const char *)text.data;
    assert_true(ends_line(printed, "127.0.0.1:2", "# environment"));
    assert_true(ends_line(printed, "a = b # c", "# file"));
    assert_true(ends_line(printed, "ZCD_POLICY ", "# default"));
    buffer_done(&text);
    arena_done(&arena);
}

static void names_the_line_of_the_file_that_cannot_be_meant(void **state)
{
    static const struct {
        const char *text, *message;
    } CASES[] = {
        {"ZCD_LISTEN", "zcd.conf line 1: the line is not of the form NAME=VALUE"},
        {"\n PATH=/bin", "zcd.conf line 2:  PATH is not a setting"},
        {"PATH=/bin", "zcd.conf line 1: PATH is not a setting"},
        {"ZCD_CONFIG_FILE=other", "zcd.conf line 1: ZCD_CONFIG_FILE is not a setting"},
        {"ZCD_LISTEN_FILE=other", "zcd.conf line 1: ZCD_LISTEN_FILE is not a setting"},
        {"ZCD_LISTEN=\n", "zcd.conf line 1: ZCD_LISTEN is empty"},
        {"ZCD_LISTEN=a\n#\nZCD_LISTEN=b\n", "zcd.conf line 3: ZCD_LISTEN is given twice"},
        {"ZCD_DATABASE_URL=a\nZCD_DATABASE_URL_FILE=b\n", "zcd.conf line 2: ZCD_DATABASE_URL is given twice"},
        {"ZCD_LISTEN=a\r\n", "zcd.conf line 1: the line is not plain text"},
        {"ZCD_LISTEN=\xff\n", "zcd.conf line 1: the line is not plain text"},
        {"=\n", "zcd.conf line 1:  is not a setting"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {0};
        struct config config = {.listen = "untouched"};
        struct zcd_error err;

        assert_int_equal(read_file(CASES[i].text, "PATH=/bin", &arena, &config, &err), ZCD_INVALID);
        err.message[strlen(CASES[i].message)] = '\0';
        assert_string_equal(err.message, CASES[i].message);
        assert_string_equal(config.listen, "untouched");
        arena_done(&arena);
    }
}

/* A file of the test's own with this content; its path. */
static const char *write_file(const char *content, char path[static 32])
{
    (void)strcpy(path, "/tmp/zcd-config-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(close(file), 0);
    return path;
}

static void takes_a_secret_from_a_file_of_its_own(void **state)
{
    static const struct {
        const char *content, *value, *message;
    } CASES[] = {
        {"password=sesame\n", "password=sesame", NULL},
        {"password=sesame", "password=sesame", NULL},
        {"", NULL, "not one line of text"},
        {"\n", NULL, "not one line of text"},
        {"password\nsesame\n", NULL, "not one line of text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct arena arena = {0};
        struct config config;
        struct zcd_error err;
        char path[32];
        char variable[64];

        (void)snprintf(variable, sizeof variable, "ZCD_DATABASE_URL_FILE=%s", write_file(CASES[i].content, path));
        enum zcd_code code = read_one(variable, &arena, &config, &err);
        assert_int_equal(code, CASES[i].value == NULL ? ZCD_INVALID : ZCD_OK);
        if (code == ZCD_OK) {
            assert_string_equal(config.database_url, CASES[i].value);
        } else {
            assert_non_null(strstr(err.message, CASES[i].message));
            assert_null(strstr(err.message, "sesame"));
        }
        assert_int_equal(unlink(path), 0);
        arena_done(&arena);
    }
}

static void says_which_file_it_cannot_read(void **state)
{
    static const char *const VARIABLES[] = {"ZCD_CONFIG_FILE=/nowhere/zcd", "ZCD_DATABASE_URL_FILE=/nowhere/zcd"};
    (void)state;

    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        struct arena arena = {0};
        struct config config;
        struct zcd_error err;

        assert_int_equal(read_one(VARIABLES[i], &arena, &config, &err), ZCD_NOT_FOUND);
        assert_non_null(strstr(err.message, "/nowhere/zcd"));
        assert_memory_equal(err.message, VARIABLES[i], strcspn(VARIABLES[i], "="));
        arena_done(&arena);
    }
}

/* A value of the environment stands for the whole setting: the file's own secret is not even opened. */
static void lets_a_secret_of_the_environment_win_over_a_file_of_the_file(void **state)
{
    struct arena arena = {0};
    struct config config;
    struct zcd_error err;
    (void)state;

    assert_int_equal(read_file("ZCD_DATABASE_URL_FILE=/nowhere/zcd\n", "ZCD_DATABASE_URL=d", &arena, &config, &err), ZCD_OK);
    assert_string_equal(config.database_url, "d");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults_for_what_need_not_be_said),
        cmocka_unit_test(refuses_what_cannot_be_meant),
        cmocka_unit_test(names_the_first_setting_that_a_service_lacks),
        cmocka_unit_test(never_prints_a_secret),
        cmocka_unit_test(takes_the_file_and_lets_the_environment_win),
        cmocka_unit_test(names_the_line_of_the_file_that_cannot_be_meant),
        cmocka_unit_test(takes_a_secret_from_a_file_of_its_own),
        cmocka_unit_test(says_which_file_it_cannot_read),
        cmocka_unit_test(lets_a_secret_of_the_environment_win_over_a_file_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
