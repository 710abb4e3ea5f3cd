/* zcd-verify as a person or a script meets it: one line, an exit status, nothing else. */
#include "tests/audit/verify_support.h"

#include "tests/audit/sample.h"

#include "audit/canonical_json.h"

#include <stdlib.h>

static char folder[] = "/tmp/zcd-test-verify-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *write_file(const char *name, struct bytes content)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static char *good_bundle(void)
{
    struct sample sample = sample_good();
    struct buffer zip = {0};
    struct zcd_error err;

    assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_OK);
    char *path = strdup(write_file("good.zip", buffer_bytes(&zip)));
    buffer_done(&zip);
    sample_done(&sample);
    return path;
}

static char *changed_bundle(void)
{
    struct sample sample = sample_good();
    struct buffer zip = {0};
    struct zcd_error err;

    sample.bundle.part[BUNDLE_DECISION] = bytes_of_text("{\"limit_fen\":900000000,\"outcome\":\"approve\"}");
    assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_OK);
    char *path = strdup(write_file("changed.zip", buffer_bytes(&zip)));
    buffer_done(&zip);
    sample_done(&sample);
    return path;
}

static void says_verified_in_one_line_and_exits_0(void **state)
{
    char *path = good_bundle();
    struct outcome outcome = RUN("bundle", path, "--key", LOG_VKEY);

    (void)state;
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out, "Verified: record 5 of the log log.example.test/audit (12 records), credit "
                                     "assessment of 91110000600037341L, recorded at 2020-10-19T04:00:00.123456Z.\n");
    assert_string_equal(outcome.problems, "");
    free(path);
}

static void says_it_in_chinese_where_the_locale_or_the_caller_asks(void **state)
{
    static const char expected[] = "已验证:日志 log.example.test/audit 第 5 号记录(日志共 12 条),授信评估,机构 "
                                   "91110000600037341L,记录于 2020-10-19T04:00:00.123456Z。\n";
    char *path = good_bundle();
    const char *const plain[] = {"bundle", path, "--key", LOG_VKEY};
    const char *const english[] = {"bundle", path, "--key", LOG_VKEY, "--lang", "en"};

    (void)state;
    assert_string_equal(run_in("zh_CN.UTF-8", 4, plain).out, expected);
    assert_string_equal(RUN("--lang", "zh", "bundle", "--key", LOG_VKEY, path).out, expected);
    assert_memory_equal(run_in("zh_CN.UTF-8", 6, english).out, "Verified", 8);
    assert_memory_equal(run_in(NULL, 4, plain).out, "Verified", 8);
    free(path);
}

static void reads_the_key_from_a_file_too(void **state)
{
    char *path = good_bundle();
    char key[300];

    (void)state;
    (void)snprintf(key, sizeof key, "@%s", write_file("vkey", bytes_of_text(LOG_VKEY "\n")));
    assert_int_equal(RUN("bundle", path, "--key", key).status, 0);
    (void)snprintf(key, sizeof key, "@%s", write_file("vkey", bytes_of_text(LOG_VKEY)));
    assert_int_equal(RUN("bundle", path, "--key", key).status, 0);
    (void)snprintf(key, sizeof key, "@%s", write_file("vkey", bytes_of_text(LOG_VKEY "\n" LOG_VKEY "\n")));
    assert_int_equal(RUN("bundle", path, "--key", key).status, 2);
    (void)snprintf(key, sizeof key, "@%s", write_file("vkey", bytes_of_text("")));
    assert_int_equal(RUN("bundle", path, "--key", key).status, 2);
    (void)snprintf(key, sizeof key, "@%s/absent", folder);
    assert_int_equal(RUN("bundle", path, "--key", key).status, 2);
    free(path);
}

static void says_intact_but_not_authenticated_without_a_key_and_exits_1(void **state)
{
    char *path = good_bundle();
    const char *const arguments[] = {"bundle", path};
    struct outcome outcome = RUN("bundle", path);

    (void)state;
    assert_int_equal(outcome.status, 1);
    assert_non_null(strstr(outcome.out, "Intact, not authenticated (no key was given"));
    outcome = run_in("zh", 2, arguments);
    assert_int_equal(outcome.status, 1);
    assert_non_null(strstr(outcome.out, "内容完整,但未经认证"));
    free(path);
}

static void says_what_is_wrong_and_exits_1(void **state)
{
    char *path = changed_bundle();
    const char *const arguments[] = {"bundle", path, "--key", LOG_VKEY};
    struct outcome outcome = RUN("bundle", path, "--key", LOG_VKEY);

    (void)state;
    assert_int_equal(outcome.status, 1);
    assert_string_equal(outcome.out, "Not verified: decision.json is not the decision that was recorded.\n");
    outcome = run_in("zh", 4, arguments);
    assert_int_equal(outcome.status, 1);
    assert_string_equal(outcome.out, "未通过验证:decision.json 不是所记录的那份决定。\n");
    free(path);
}

static void assert_canonical_line(const char *text)
{
    size_t size = strlen(text);

    assert_true(size > 0 && text[size - 1] == '\n');
    assert_true(canonical_json_is_canonical((struct bytes){(const uint8_t *)text, size - 1}));
}

static void answers_machines_in_json(void **state)
{
    char *good = good_bundle();
    char *changed = changed_bundle();
    struct outcome outcome = RUN("bundle", good, "--key", LOG_VKEY, "--json");

    (void)state;
    assert_int_equal(outcome.status, 0);
    assert_canonical_line(outcome.out);
    static const char start[] = "{\"at\":\"2020-10-19T04:00:00.123456Z\",\"index\":5,\"kind\":\"assessment\","
                                "\"origin\":\"log.example.test/audit\",\"root\":\"";
    assert_memory_equal(outcome.out, start, sizeof start - 1);
    assert_non_null(strstr(outcome.out, "\",\"size\":12,\"uscc\":\"91110000600037341L\",\"verdict\":\"verified\"}\n"));

    outcome = RUN("bundle", good, "--json");
    assert_int_equal(outcome.status, 1);
    assert_canonical_line(outcome.out);
    assert_non_null(strstr(outcome.out, "\"verdict\":\"intact\"}\n"));

    outcome = RUN("--json", "bundle", changed, "--key", LOG_VKEY);
    assert_int_equal(outcome.status, 1);
    assert_canonical_line(outcome.out);
    assert_string_equal(
        outcome.out,
        "{\"detail\":\"SHA-256 of decision.json is not the one in leaf.json\",\"fault\":"
        "\"decision_differs\",\"part\":\"decision.json\",\"pointer\":\"\",\"verdict\":\"not_verified\"}\n");
    free(good);
    free(changed);
}

static void exits_2_when_there_is_nothing_to_judge(void **state)
{
    struct outcome outcome = RUN("bundle", "/nowhere/bundle.zip", "--key", LOG_VKEY);
    char *good = good_bundle();

    (void)state;
    assert_int_equal(outcome.status, 2);
    assert_string_equal(outcome.out, "");
    assert_string_equal(outcome.problems, "Could not be read: /nowhere/bundle.zip: file cannot be opened\n");
    assert_int_equal(RUN("bundle", folder).status, 2);
    assert_int_equal(RUN("bundle", write_file("not.zip", bytes_of_text("hello")), "--key", LOG_VKEY).status, 2);
    assert_int_equal(RUN("bundle", write_file("empty.zip", bytes_of_text("")), "--key", LOG_VKEY).status, 2);
    assert_int_equal(RUN("bundle", "/dev/zero", "--key", LOG_VKEY).status, 2); /* bounded, so it ends */
    assert_int_equal(RUN("bundle", good, "--key", "nonsense").status, 2);

    struct buffer zip = load_file(good);
    outcome = RUN("bundle", write_file("cut.zip", (struct bytes){zip.data, zip.size - 30}), "--key", LOG_VKEY);
    assert_int_equal(outcome.status, 2);
    assert_string_equal(outcome.out, "");
    buffer_done(&zip);
    free(good);
}

static void exits_2_with_the_usage_for_any_other_command_line(void **state)
{
    (void)state;
    assert_int_equal(run_in(NULL, 0, NULL).status, 2);
    assert_int_equal(RUN("bundle").status, 2);
    assert_int_equal(RUN("bundles", "x").status, 2);
    assert_int_equal(RUN("bundle", "x", "y").status, 2);
    assert_int_equal(RUN("bundle", "x", "--key").status, 2);
    assert_int_equal(RUN("bundle", "x", "--key", "a", "--key", "b").status, 2);
    assert_int_equal(RUN("bundle", "x", "--lang", "fr").status, 2);
    assert_int_equal(RUN("bundle", "x", "--trust").status, 2);
    assert_memory_equal(RUN("bundle").problems, "usage: zcd-verify", 17);
    assert_int_equal(RUN("--help").status, 0);
    assert_memory_equal(RUN("--help").out, "usage: zcd-verify", 17);
}

static void exits_2_when_nobody_could_read_the_verdict(void **state)
{
    char *path = good_bundle();
    char *const arguments[] = {"zcd-verify", "bundle", path, "--key", LOG_VKEY};
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    if (full == NULL)
        skip();
    assert_int_equal(verify_run(5, arguments, NULL, NULL, full, stderr), 2);
    (void)fclose(full);
    free(path);
}

/* ------------------------------------------------------------------ replay */

static struct bytes again;
static bool same_engine;

static enum zcd_code replay(const struct bundle *bundle, struct arena *arena, struct verify_replayed *replayed,
                            struct zcd_error *err)
{
    (void)bundle;
    (void)arena;
    (void)err;
    *replayed = (struct verify_replayed){same_engine, "9.9.9", "0.1.0", again};
    return ZCD_OK;
}

static void a_decision_that_comes_out_the_same_is_verified(void **state)
{
    char *path = good_bundle();
    struct sample sample = sample_good();
    const char *const with_key[] = {"replay", path, "--key", LOG_VKEY};

    (void)state;
    again = sample.bundle.part[BUNDLE_DECISION];
    same_engine = true;
    struct outcome outcome = run_with("en", replay, 4, with_key);
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out, "Verified: deciding again on the dossier and policy of record 5 gives the same "
                                     "decision, byte for byte (engine 9.9.9).\n");
    assert_int_equal(run_with("en", replay, 2, with_key).status, 1); /* the same, but nobody signed for it */
    sample_done(&sample);
    free(path);
}

static void a_decision_that_comes_out_otherwise_is_shown_field_by_field(void **state)
{
    char *path = good_bundle();
    const char *const arguments[] = {"replay", path, "--key", LOG_VKEY};

    (void)state;
    again = bytes_of_text("{\"limit_fen\":1,\"outcome\":\"approve\"}");
    same_engine = true;
    struct outcome outcome = run_with("en", replay, 4, arguments);
    assert_int_equal(outcome.status, 1);
    assert_memory_equal(outcome.out, "Not verified: deciding again gives another decision than the one recorded.\n",
                        72);
    assert_non_null(strstr(outcome.out, "/limit_fen: "));
    assert_non_null(strstr(outcome.out, " -> 1\n"));
    free(path);
}

static void another_engine_is_named_and_decides_nothing(void **state)
{
    char *path = good_bundle();
    const char *const arguments[] = {"replay", path, "--key", LOG_VKEY, "--json"};

    (void)state;
    same_engine = false;
    struct outcome outcome = run_with("en", replay, 5, arguments);
    assert_int_equal(outcome.status, 1);
    assert_non_null(strstr(outcome.out, "\"fault\":\"engine_differs\""));
    assert_non_null(strstr(outcome.out, "engine 0.1.0 decided; this is engine 9.9.9"));
    free(path);
}

static void a_changed_bundle_is_not_decided_on(void **state)
{
    char *path = changed_bundle();
    const char *const arguments[] = {"replay", path, "--key", LOG_VKEY};

    (void)state;
    struct outcome outcome = run_with("en", replay, 4, arguments);
    assert_int_equal(outcome.status, 1);
    assert_string_equal(outcome.out, "Not verified: decision.json is not the decision that was recorded.\n");
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_verified_in_one_line_and_exits_0),
        cmocka_unit_test(says_it_in_chinese_where_the_locale_or_the_caller_asks),
        cmocka_unit_test(reads_the_key_from_a_file_too),
        cmocka_unit_test(says_intact_but_not_authenticated_without_a_key_and_exits_1),
        cmocka_unit_test(says_what_is_wrong_and_exits_1),
        cmocka_unit_test(answers_machines_in_json),
        cmocka_unit_test(exits_2_when_there_is_nothing_to_judge),
        cmocka_unit_test(exits_2_with_the_usage_for_any_other_command_line),
        cmocka_unit_test(exits_2_when_nobody_could_read_the_verdict),
        cmocka_unit_test(a_decision_that_comes_out_the_same_is_verified),
        cmocka_unit_test(a_decision_that_comes_out_otherwise_is_shown_field_by_field),
        cmocka_unit_test(another_engine_is_named_and_decides_nothing),
        cmocka_unit_test(a_changed_bundle_is_not_decided_on),
    };

    return cmocka_run_group_tests_name("verify", tests, make_folder, remove_folder);
}
