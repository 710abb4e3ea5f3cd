#include "api/config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
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
        {"ZCD_LOG_QUEUE=0", "ZCD_LOG_QUEUE is not a number from 1 to 65536"},
        {"ZCD_JOB_RUNNERS=17", "ZCD_JOB_RUNNERS is not a number from 0 to 16"},
        {"ZCD_JOB_RUNNERS=-1", "ZCD_JOB_RUNNERS is not a number from 0 to 16"},
        {"ZCD_LOG_QUEUE=65537", "ZCD_LOG_QUEUE is not a number from 1 to 65536"},
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
    buffer_done(&json);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_defaults_for_what_need_not_be_said),
        cmocka_unit_test(refuses_what_cannot_be_meant),
        cmocka_unit_test(names_the_first_setting_that_a_service_lacks),
        cmocka_unit_test(never_prints_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
