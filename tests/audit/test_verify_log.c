/* zcd-verify proof, consistency and tiles, on a log that golang.org/x/mod wrote and on copies damaged on purpose. */
#include "tests/audit/verify_support.h"

#include <stdlib.h>
#include <unistd.h>

#define XMOD VECTORS "generated-xmod/"

static char folder[] = "/tmp/zcd-test-verify-log-XXXXXX";
static char copy[64];

static void run_shell(const char *command)
{
    assert_int_equal(system(command), 0);
}

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

/* A fresh copy of the 700 entries. */
static int make_copy(void **state)
{
    char command[1200];

    (void)state;
    (void)snprintf(copy, sizeof copy, "%s/log", folder);
    (void)snprintf(command, sizeof command, "rm -rf '%s' && cp -r '" XMOD "log' '%s' && chmod -R u+w '%s'", copy, copy,
                   copy);
    return system(command);
}

static const char *in_copy(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", copy, name);
    return path;
}

/* Flip one bit of a file of the copy. */
static void flip(const char *name, long offset)
{
    FILE *file = fopen(in_copy(name), "r+b");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_not_equal(fputc(byte ^ 1, file), EOF);
    assert_int_equal(fclose(file), 0);
}

static void assert_says(const struct outcome *outcome, const char *part)
{
    if (strstr(outcome->out, part) == NULL)
        fail_msg("%s does not say %s", outcome->out, part);
}

static void assert_first_bad(const char *fault, uint64_t from, uint64_t to)
{
    char expected[128];
    struct outcome outcome = RUN("tiles", copy, "--key", LOG_VKEY, "--json");

    assert_int_equal(outcome.status, 1);
    (void)snprintf(expected, sizeof expected, "\"fault\":\"%s\",\"first_bad_from\":%d,\"first_bad_to\":%d,", fault,
                   (int)from, (int)to);
    assert_says(&outcome, expected);
}

/* ------------------------------------------------------------------ proof */

static void every_published_proof_is_verified(void **state)
{
    static const char *const INDICES[] = {"000000", "000001", "000255", "000256", "000699"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(INDICES); i++) {
        char proof[256], leaf[256];
        (void)snprintf(proof, sizeof proof, XMOD "proof-%s.tlog-proof", INDICES[i]);
        (void)snprintf(leaf, sizeof leaf, XMOD "proof-%s.leaf", INDICES[i]);
        assert_int_equal(RUN("proof", proof, leaf, "--key", LOG_VKEY).status, 0);
        assert_int_equal(RUN("proof", proof, leaf).status, 1);
    }
}

static void a_proof_says_of_which_record(void **state)
{
    struct outcome outcome = RUN("proof", XMOD "proof-000255.tlog-proof", XMOD "proof-000255.leaf", "--key", LOG_VKEY);

    (void)state;
    assert_string_equal(outcome.out, "Verified: these bytes are record 255 of the log log.example.test/audit (700 "
                                     "records).\n");
    outcome = RUN("proof", XMOD "proof-000255.tlog-proof", XMOD "proof-000255.leaf", "--key", LOG_VKEY, "--lang", "zh");
    assert_string_equal(outcome.out, "已验证:这些字节是日志 log.example.test/audit 的第 255 号记录(日志共 700 条)。\n");
}

static void a_proof_of_another_leaf_is_not_verified(void **state)
{
    struct outcome outcome = RUN("proof", XMOD "proof-000255.tlog-proof", XMOD "proof-000001.leaf", "--key", LOG_VKEY);

    (void)state;
    assert_int_equal(outcome.status, 1);
    assert_string_equal(outcome.out, "Not verified: the record is not in the tree that was signed.\n");
}

/* ------------------------------------------------------------------ consistency */

/* The lines between "old 300" and the empty line of a published add-checkpoint request. */
static const char *consistency_proof(void)
{
    static char path[128];
    struct buffer request = load_file(XMOD "add-checkpoint-300-700.txt");
    const char *start = strchr((const char *)request.data, '\n') + 1;
    const char *end = strstr(start, "\n\n") + 1;
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/consistency", folder);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(start, 1, (size_t)(end - start), file), end - start);
    assert_int_equal(fclose(file), 0);
    buffer_done(&request);
    return path;
}

static void growth_is_verified_from_a_proof_or_from_tiles(void **state)
{
    struct outcome outcome = RUN("consistency", XMOD "checkpoint-300.txt", XMOD "checkpoint-700.txt", "--proof",
                                 consistency_proof(), "--key", LOG_VKEY);

    (void)state;
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out,
                        "Verified: the log log.example.test/audit grew from 300 to 700 records, and none of "
                        "the former was changed, dropped or moved.\n");
    assert_int_equal(RUN("consistency", XMOD "checkpoint-300.txt", XMOD "log", "--key", LOG_VKEY).status, 0);
    assert_int_equal(RUN("consistency", XMOD "checkpoint-0.txt", XMOD "log").status, 1); /* intact */
    assert_int_equal(RUN("consistency", XMOD "checkpoint-700.txt", XMOD "checkpoint-700.txt", "--key", LOG_VKEY).status,
                     0);
}

static void growth_without_a_proof_or_backwards_is_not_verified(void **state)
{
    struct outcome outcome =
        RUN("consistency", XMOD "checkpoint-300.txt", XMOD "checkpoint-700.txt", "--key", LOG_VKEY, "--json");

    (void)state;
    assert_int_equal(outcome.status, 1);
    assert_says(&outcome, "\"fault\":\"not_consistent\"");
    outcome = RUN("consistency", XMOD "checkpoint-700.txt", XMOD "checkpoint-300.txt", "--key", LOG_VKEY, "--json");
    assert_int_equal(outcome.status, 1);
    assert_says(&outcome, "\"fault\":\"log_shrank\"");
    outcome = RUN("consistency", XMOD "checkpoint-1.txt", XMOD "checkpoint-700.txt", "--proof", consistency_proof(),
                  "--key", LOG_VKEY, "--json");
    assert_says(&outcome, "\"fault\":\"not_consistent\"");
}

/* ------------------------------------------------------------------ tiles */

static void a_whole_log_is_verified(void **state)
{
    struct outcome outcome = RUN("tiles", XMOD "log", "--key", LOG_VKEY, "--old", XMOD "checkpoint-1.txt", "--old",
                                 XMOD "checkpoint-300.txt", "--against", XMOD "log");

    (void)state;
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out,
                        "Verified: all 700 records of the log log.example.test/audit lead to the signed root.\n");
    outcome = RUN("tiles", XMOD "log");
    assert_int_equal(outcome.status, 1);
    assert_says(&outcome, "Intact, not authenticated");
}

static void an_edited_record_is_named(void **state)
{
    (void)state;
    flip("tile/entries/001", 2); /* the first entry's first byte, behind its length */
    assert_first_bad("record_differs", 256, 257);
    flip("tile/entries/000", 13000);
    struct outcome outcome = RUN("tiles", copy, "--key", LOG_VKEY);
    assert_says(&outcome, "; the first bad record is number 25"); /* near the end of the first bundle's 256 */
}

static void an_edited_hash_is_named(void **state)
{
    (void)state;
    flip("tile/0/002.p/188", 187 * 32);
    assert_first_bad("record_differs", 512 + 187, 512 + 188);
    flip("tile/0/000", 7 * 32);
    assert_first_bad("record_differs", 7, 8);
}

static void an_edited_tile_above_is_named_by_the_records_below_it(void **state)
{
    (void)state;
    flip("tile/1/000.p/2", 32);
    assert_first_bad("tile_differs", 256, 512);
    struct outcome outcome = RUN("tiles", copy, "--key", LOG_VKEY, "--lang", "zh");
    assert_string_equal(outcome.out, "未通过验证:瓦片与其上一层不符;第一条有问题的记录在第 256 号至第 511 号之间。\n");
}

static void a_missing_or_misshapen_file_is_named(void **state)
{
    (void)state;
    assert_int_equal(unlink(in_copy("tile/entries/001")), 0);
    assert_first_bad("tile_missing", 256, 512);
    assert_int_equal(truncate(in_copy("tile/0/000"), 8191), 0); /* not a multiple of 32 */
    assert_first_bad("tile_malformed", 0, 256);
}

static void a_file_of_records_with_bytes_behind_its_end_is_refused(void **state)
{
    FILE *file = fopen(in_copy("tile/entries/000"), "ab");

    (void)state;
    assert_non_null(file);
    assert_int_equal(fputc(0, file), 0);
    assert_int_equal(fclose(file), 0);
    assert_first_bad("tile_malformed", 0, 256);
}

static void a_changed_checkpoint_is_not_verified(void **state)
{
    struct outcome outcome;

    (void)state;
    flip("checkpoint", (long)strlen(LOG_NAME "\n")); /* the size: 600 instead of 700 */
    outcome = RUN("tiles", copy, "--key", LOG_VKEY, "--json");
    assert_int_equal(outcome.status, 1);
    assert_says(&outcome, "\"fault\":\"checkpoint_signature_bad\"");
}

static void an_export_that_begins_later_is_verified_from_there(void **state)
{
    char command[256];

    (void)state;
    (void)snprintf(command, sizeof command, "rm '%s/tile/0/000' '%s/tile/entries/000'", copy, copy);
    run_shell(command);
    assert_int_equal(RUN("tiles", copy, "--key", LOG_VKEY, "--from", "300").status, 0);
    assert_first_bad("tile_missing", 0, 256);
}

static void options_that_a_command_does_not_have_are_refused(void **state)
{
    (void)state;
    assert_int_equal(RUN("bundle", "x", "--old", "y").status, 2);
    assert_int_equal(RUN("proof", "x", "--key", LOG_VKEY).status, 2);
    assert_int_equal(RUN("tiles", XMOD "log", "--from", "-1").status, 2);
    assert_int_equal(RUN("replay", "x").status, 2); /* there is no scorer here */
    assert_int_equal(RUN("tiles", "/nowhere", "--key", LOG_VKEY).status, 2);
    assert_int_equal(RUN("tiles", XMOD "log", "--key", LOG_VKEY, "--old", "/nowhere").status, 2);
    assert_int_equal(RUN("tiles", XMOD "log", "--key", LOG_VKEY, "--against", "/nowhere").status, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_proof_is_verified),
        cmocka_unit_test(a_proof_says_of_which_record),
        cmocka_unit_test(a_proof_of_another_leaf_is_not_verified),
        cmocka_unit_test(growth_is_verified_from_a_proof_or_from_tiles),
        cmocka_unit_test(growth_without_a_proof_or_backwards_is_not_verified),
        cmocka_unit_test(a_whole_log_is_verified),
        cmocka_unit_test_setup(an_edited_record_is_named, make_copy),
        cmocka_unit_test_setup(an_edited_hash_is_named, make_copy),
        cmocka_unit_test_setup(an_edited_tile_above_is_named_by_the_records_below_it, make_copy),
        cmocka_unit_test_setup(a_missing_or_misshapen_file_is_named, make_copy),
        cmocka_unit_test_setup(a_file_of_records_with_bytes_behind_its_end_is_refused, make_copy),
        cmocka_unit_test_setup(a_changed_checkpoint_is_not_verified, make_copy),
        cmocka_unit_test_setup(an_export_that_begins_later_is_verified_from_there, make_copy),
        cmocka_unit_test(options_that_a_command_does_not_have_are_refused),
    };

    return cmocka_run_group_tests_name("verify_log", tests, make_folder, remove_folder);
}
