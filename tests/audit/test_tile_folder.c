/* A folder of tiles that golang.org/x/mod wrote, and folders of our own that are damaged on purpose. */
#include "tests/audit/support.h"

#include "audit/tile_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG VECTORS "generated-xmod/log"

static int make_folder(void **state)
{
    char *folder = strdup("/tmp/zcd-test-tiles-XXXXXX");

    *state = folder;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", (const char *)*state);
    free(*state);
    return system(command);
}

/* roots.json has the roots of many sizes of that log. */
static void gives_the_roots_of_every_size_that_others_computed(void **state)
{
    json_t *roots = load_json(VECTORS "generated-xmod/roots.json");
    const char *size;
    const json_t *expected;
    int checked = 0;
    (void)state;

    json_object_foreach(roots, size, expected)
    {
        struct sha256 root;
        struct zcd_error err;

        assert_int_equal(tile_folder_root(LOG, strtoull(size, NULL, 10), &root, &err), ZCD_OK);
        assert_hash_equal(root, hash_of_base64(json_string_value(expected)));
        checked++;
    }
    assert_true(checked > 10);
    json_decref(roots);
}

static void a_partial_tile_is_cut_from_the_full_one(void **state)
{
    const struct tile partial = {0, 1, 17};
    const struct tile entries = {TILE_ENTRIES, 0, 2};
    struct buffer bytes = {0};
    struct buffer whole = load_file(LOG "/tile/0/001");
    struct zcd_error err;
    (void)state;

    assert_int_equal(tile_folder_read(LOG, &partial, &bytes, &err), ZCD_OK);
    assert_int_equal(bytes.size, 17 * SHA256_SIZE);
    assert_memory_equal(bytes.data, whole.data, bytes.size);
    buffer_clear(&bytes);
    assert_int_equal(tile_folder_read(LOG, &entries, &bytes, &err), ZCD_OK);
    struct bytes rest = buffer_bytes(&bytes), leaf;
    assert_int_equal(tile_next_entry(&rest, &leaf, &err), ZCD_OK);
    assert_int_equal(tile_next_entry(&rest, &leaf, &err), ZCD_OK);
    assert_int_equal(rest.size, 0);
    buffer_done(&whole);
    buffer_done(&bytes);
}

static void what_is_written_is_read_back(void **state)
{
    const char *folder = *state;
    const struct tile tile = {1, 1234067, 2};
    uint8_t hashes[2 * SHA256_SIZE] = {1, 2, 3};
    struct buffer bytes = {0};
    struct zcd_error err;

    assert_int_equal(tile_folder_read(folder, &tile, &bytes, &err), ZCD_NOT_FOUND);
    assert_int_equal(tile_folder_write(folder, &tile, (struct bytes){hashes, sizeof hashes}, &err), ZCD_OK);
    assert_int_equal(tile_folder_read(folder, &tile, &bytes, &err), ZCD_OK);
    assert_memory_equal(bytes.data, hashes, sizeof hashes);
    buffer_clear(&bytes);
    assert_int_equal(tile_folder_read_checkpoint(folder, &bytes, &err), ZCD_NOT_FOUND);
    assert_int_equal(tile_folder_write_checkpoint(folder, bytes_of_text("note\n"), &err), ZCD_OK);
    assert_int_equal(tile_folder_read_checkpoint(folder, &bytes, &err), ZCD_OK);
    assert_true(bytes_equal(buffer_bytes(&bytes), bytes_of_text("note\n")));
    buffer_done(&bytes);
}

static void files_of_a_wrong_size_are_corrupt(void **state)
{
    const char *folder = *state;
    const struct tile tile = {0, 0, 2};
    const struct tile bundle = {TILE_ENTRIES, 0, 2};
    uint8_t bytes[3 * SHA256_SIZE] = {0}; /* as a bundle: 48 empty entries */
    struct buffer read = {0};
    struct zcd_error err;

    for (size_t size = 0; size <= sizeof bytes; size++) {
        assert_int_equal(tile_folder_write(folder, &tile, (struct bytes){bytes, size}, &err), ZCD_OK);
        assert_int_equal(tile_folder_read(folder, &tile, &read, &err), size == 64 ? ZCD_OK : ZCD_CORRUPT);
        assert_int_equal(tile_folder_write(folder, &bundle, (struct bytes){bytes, size}, &err), ZCD_OK);
        assert_int_equal(tile_folder_read(folder, &bundle, &read, &err), size == 4 ? ZCD_OK : ZCD_CORRUPT);
    }
    buffer_done(&read);
}

static void a_folder_that_cannot_be_written_to_says_so(void **state)
{
    const char *folder = *state;
    char path[128];
    const struct tile tile = {0, 0, 1};
    uint8_t hash[SHA256_SIZE] = {0};
    struct zcd_error err;

    (void)snprintf(path, sizeof path, "%s/tile", folder);
    FILE *file = fopen(path, "wb"); /* a file where a folder should be */
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(tile_folder_write(folder, &tile, (struct bytes){hash, sizeof hash}, &err), ZCD_UNAVAILABLE);
    assert_int_equal(tile_folder_write_checkpoint("/proc/nowhere", bytes_of_text("x\n"), &err), ZCD_UNAVAILABLE);
}

#define test_in_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_roots_of_every_size_that_others_computed),
        cmocka_unit_test(a_partial_tile_is_cut_from_the_full_one),
        test_in_folder(what_is_written_is_read_back),
        test_in_folder(files_of_a_wrong_size_are_corrupt),
        test_in_folder(a_folder_that_cannot_be_written_to_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
