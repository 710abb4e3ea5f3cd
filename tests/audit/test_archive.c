/* The .zip reader against everything that a hostile .zip may do. Layout: PKWARE APPNOTE 4.3. */
#include "tests/audit/support.h"

#include "audit/archive.h"
#include "base/arena.h"

#include <stdlib.h>

static const struct archive_file FILES[] = {{"one.txt", 1000, false}, {"two.txt", 100000, false}, {"more.txt", 10, true}};

enum {
    TOTAL_MAX = 60000,
    LOCAL_FLAGS = 6, LOCAL_METHOD = 8, LOCAL_CRC = 14, LOCAL_SIZE_UNPACKED = 22, LOCAL_NAME = 30,
    CENTRAL_FLAGS = 8, CENTRAL_METHOD = 10, CENTRAL_CRC = 16, CENTRAL_SIZE_UNPACKED = 24, CENTRAL_NAME = 46,
    END_ENTRIES_HERE = 8, END_ENTRIES = 10
};

static struct buffer zip_of(const struct archive_file *files, size_t count, const struct bytes *content)
{
    struct buffer zip = {0};
    struct zcd_error err;

    if (archive_write(files, count, content, &zip, &err) != ZCD_OK)
        fail_msg("%s: %s", err.pointer, err.message);
    return zip;
}

static struct buffer good_zip(void)
{
    const struct bytes content[] = {bytes_of_text("first"), bytes_of_text("second second second second second"),
                                    bytes_of_text("third")};

    return zip_of(FILES, 3, content);
}

static enum zcd_code read_zip(struct bytes zip, struct zcd_error *err)
{
    struct arena arena = {0};
    struct bytes content[3];
    enum zcd_code code = archive_read(zip, FILES, 3, TOTAL_MAX, &arena, content, err);

    arena_done(&arena);
    return code;
}

/* The n-th (from 0) place of a four-byte mark. */
static uint8_t *find_mark(const struct buffer *zip, const char *mark, int n)
{
    for (size_t i = 0; i + 4 <= zip->size; i++) {
        if (memcmp(zip->data + i, mark, 4) == 0 && n-- == 0)
            return zip->data + i;
    }
    fail_msg("no mark");
    return NULL;
}

static uint8_t *local(const struct buffer *zip, int n)
{
    return find_mark(zip, "PK\x03\x04", n);
}

static uint8_t *central(const struct buffer *zip, int n)
{
    return find_mark(zip, "PK\x01\x02", n);
}

static void assert_refused(struct buffer *zip, const char *pointer, const char *message)
{
    struct zcd_error err = {0};

    assert_int_equal(read_zip(buffer_bytes(zip), &err), ZCD_INVALID);
    assert_string_equal(err.pointer, pointer);
    assert_string_equal(err.message, message);
    buffer_done(zip);
}

/* ------------------------------------------------------------------ what is good */

static void unpacks_what_it_packed(void **state)
{
    struct buffer large = {0};
    struct arena arena = {0};
    struct bytes got[3];
    struct zcd_error err;

    (void)state;
    for (int i = 0; i < 50000; i++)
        buffer_append_format(&large, "%c", i * 7919 % 251);
    const struct bytes content[] = {bytes_of_text("x"), buffer_bytes(&large), bytes_of_text("")};
    struct buffer zip = zip_of(FILES, 3, content);
    assert_int_equal(archive_read(buffer_bytes(&zip), FILES, 3, TOTAL_MAX, &arena, got, &err), ZCD_OK);
    for (size_t i = 0; i < 3; i++)
        assert_true(bytes_equal(got[i], content[i]));
    arena_done(&arena);
    buffer_done(&zip);
    buffer_done(&large);
}

static void packs_equal_contents_to_equal_bytes_and_behind_what_the_buffer_holds(void **state)
{
    const struct bytes content[] = {bytes_of_text("first"), bytes_of_text("second"), bytes_of_text("third")};
    struct buffer one = zip_of(FILES, 3, content);
    struct buffer two = {0};
    struct zcd_error err;

    (void)state;
    buffer_append_text(&two, "kept");
    assert_int_equal(archive_write(FILES, 3, content, &two, &err), ZCD_OK);
    assert_memory_equal(two.data, "kept", 4);
    assert_int_equal(two.size, one.size + 4);
    assert_memory_equal(two.data + 4, one.data, one.size);
    buffer_done(&one);
    buffer_done(&two);
}

static void packs_nothing_empty_or_too_large(void **state)
{
    struct bytes content[] = {bytes_of_text("first"), bytes_of_text(""), bytes_of_text("")};
    struct buffer zip = {0};
    struct zcd_error err = {0};

    (void)state;
    assert_int_equal(archive_write(FILES, 3, content, &zip, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/two.txt");
    content[1] = bytes_of_text("x");
    content[2] = bytes_of_text("eleven char");
    err.pointer[0] = '\0';
    assert_int_equal(archive_write(FILES, 3, content, &zip, &err), ZCD_INVALID);
    assert_string_equal(err.pointer, "/more.txt");
    assert_int_equal(zip.size, 0);
}

/* Tools of others write folders' times, comments and stored files; what they mean is the same. */
static void unpacks_what_other_tools_packed(void **state)
{
    char folder[] = "/tmp/zcd-test-archive-XXXXXX";
    char command[512];
    struct zcd_error err;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(command, sizeof command,
                   "cd %s && printf first >one.txt && printf second >two.txt && python3 -c \""
                   "import zipfile\n"
                   "z = zipfile.ZipFile('a.zip', 'w')\n"
                   "z.comment = b'a comment'\n"
                   "z.write('two.txt')\n"
                   "z.write('one.txt', compress_type=zipfile.ZIP_DEFLATED)\n"
                   "z.close()\"",
                   folder);
    if (system(command) != 0)
        skip();
    char path[128];
    (void)snprintf(path, sizeof path, "%s/a.zip", folder);
    struct buffer zip = load_file(path);
    assert_int_equal(read_zip(buffer_bytes(&zip), &err), ZCD_OK);
    buffer_done(&zip);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

/* ------------------------------------------------------------------ what is not */

static void refuses_every_truncation(void **state)
{
    struct buffer zip = good_zip();
    struct zcd_error err;

    (void)state;
    assert_int_equal(read_zip(buffer_bytes(&zip), &err), ZCD_OK);
    for (size_t size = 0; size < zip.size; size++) {
        uint8_t *exact = malloc(size + 1); /* so that a sanitizer sees one byte too many */
        memcpy(exact, zip.data, size);
        assert_int_equal(read_zip((struct bytes){exact, size}, &err), ZCD_INVALID);
        free(exact);
    }
    buffer_done(&zip);
}

/* No change may crash us, and what still unpacks must be what was packed, or fail its checksum. */
static void never_gives_other_contents_for_a_flipped_bit(void **state)
{
    struct buffer zip = good_zip();

    (void)state;
    for (size_t bit = 0; bit < 8 * zip.size; bit++) {
        struct arena arena = {0};
        struct bytes content[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        struct zcd_error err;

        zip.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (archive_read(buffer_bytes(&zip), FILES, 3, TOTAL_MAX, &arena, content, &err) == ZCD_OK) {
            assert_true(bytes_equal(content[0], bytes_of_text("first")));
            assert_true(bytes_equal(content[1], bytes_of_text("second second second second second")));
        }
        zip.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        arena_done(&arena);
    }
    buffer_done(&zip);
}

/* A cheap fuzzer with a fixed seed: several bytes at once, from a small generator. */
static void survives_a_hundred_thousand_damaged_archives(void **state)
{
    struct buffer good = good_zip();
    uint8_t *zip = malloc(good.size);
    uint32_t random = 1;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct zcd_error err;
        memcpy(zip, good.data, good.size);
        for (int change = 0; change < 1 + round % 8; change++) {
            random = random * 1664525 + 1013904223; /* Numerical Recipes */
            zip[(random >> 8) % good.size] = (round & 1) != 0 ? 0xff : (uint8_t)(random >> 24);
        }
        (void)!read_zip((struct bytes){zip, good.size}, &err);
    }
    free(zip);
    buffer_done(&good);
}

static void refuses_unknown_names_and_names_that_stand_twice(void **state)
{
    static const struct archive_file unknown[] = {{"one.txt", 10, false}, {"two.txt", 10, false}, {"key.txt", 10, false}};
    static const struct archive_file twice[] = {{"one.txt", 10, false}, {"two.txt", 10, false}, {"one.txt", 10, false}};
    static const struct archive_file folder[] = {{"../one.txt", 10, false}};
    static const struct archive_file long_name[] = {
        {"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", 10, false}};
    const struct bytes content[] = {bytes_of_text("a"), bytes_of_text("b"), bytes_of_text("c")};

    (void)state;
    struct buffer zip = zip_of(unknown, 3, content);
    assert_refused(&zip, "", "the .zip has a file of an unknown name");
    zip = zip_of(twice, 3, content);
    assert_refused(&zip, "/one.txt", "stands twice in the .zip");
    zip = zip_of(folder, 1, content);
    assert_refused(&zip, "", "the .zip has a file of an unknown name");
    zip = zip_of(long_name, 1, content);
    assert_refused(&zip, "", "the .zip has a file of an unknown name");

    zip = good_zip();
    central(&zip, 0)[CENTRAL_NAME + 6] = '\0'; /* "one.tx" and NUL */
    local(&zip, 0)[LOCAL_NAME + 6] = '\0';
    assert_refused(&zip, "", "the .zip has a file of an unknown name");
}

static void refuses_a_missing_file(void **state)
{
    static const struct archive_file one[] = {{"one.txt", 10, false}};
    const struct bytes content[] = {bytes_of_text("a")};
    struct buffer zip = zip_of(one, 1, content);

    (void)state;
    assert_refused(&zip, "/two.txt", "missing from the .zip, or empty");
    zip = zip_of(one, 0, content);
    assert_refused(&zip, "", "not a .zip, or cut short"); /* nothing at all in it */
}

static void refuses_encryption_and_other_methods(void **state)
{
    struct buffer zip = good_zip();

    (void)state;
    central(&zip, 1)[CENTRAL_FLAGS] |= 1;
    local(&zip, 1)[LOCAL_FLAGS] |= 1;
    assert_refused(&zip, "/two.txt", "encrypted");
    zip = good_zip();
    central(&zip, 1)[CENTRAL_METHOD] = 12; /* bzip2 */
    local(&zip, 1)[LOCAL_METHOD] = 12;
    assert_refused(&zip, "/two.txt", "packed by a method other than deflate");
}

static void refuses_a_wrong_checksum(void **state)
{
    struct buffer zip = good_zip();

    (void)state;
    central(&zip, 0)[CENTRAL_CRC] ^= 1;
    local(&zip, 0)[LOCAL_CRC] ^= 1;
    assert_refused(&zip, "/one.txt", "cannot be unpacked, or has a wrong checksum");
}

static void write_size(uint8_t *at, uint32_t size)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(size >> (8 * i));
}

/* Bombs: one that says how large it is, one that lies, and several that are too much together. */
static void never_unpacks_more_than_was_allowed(void **state)
{
    static const struct archive_file loose[] = {{"one.txt", 1 << 30, false}, {"two.txt", 1 << 30, false}};
    size_t bomb_size = 64 * 1024 * 1024;
    uint8_t *zeros = calloc(1, bomb_size);
    struct bytes content[] = {{zeros, bomb_size}, bytes_of_text("x")};

    (void)state;
    struct buffer zip = zip_of(loose, 2, content);
    assert_true(zip.size > TOTAL_MAX);
    assert_refused(&zip, "", "the .zip is larger than 60000 bytes");

    content[0].size = 10 * 1024 * 1024; /* some ten thousand bytes packed */
    zip = zip_of(loose, 2, content);
    assert_true(zip.size < TOTAL_MAX);
    assert_refused(&zip, "/one.txt", "larger than allowed");

    zip = zip_of(loose, 2, content);
    write_size(central(&zip, 0) + CENTRAL_SIZE_UNPACKED, 1000);
    write_size(local(&zip, 0) + LOCAL_SIZE_UNPACKED, 1000);
    assert_refused(&zip, "/one.txt", "cannot be unpacked, or has a wrong checksum");

    content[0] = bytes_of_text("x");
    content[1] = (struct bytes){zeros, 100000};
    zip = zip_of(loose, 2, content);
    assert_refused(&zip, "/two.txt", "the files together are larger than allowed");
    free(zeros);
}

static void refuses_a_directory_that_claims_too_many_files(void **state)
{
    struct buffer zip = good_zip();
    uint8_t *end = find_mark(&zip, "PK\x05\x06", 0);

    (void)state;
    end[END_ENTRIES] = end[END_ENTRIES_HERE] = 0xff;
    end[END_ENTRIES + 1] = end[END_ENTRIES_HERE + 1] = 0x7f;
    assert_refused(&zip, "", "the .zip has too many files");
    zip = good_zip();
    end = find_mark(&zip, "PK\x05\x06", 0);
    end[END_ENTRIES] = end[END_ENTRIES_HERE] = 4; /* one more than there are */
    assert_refused(&zip, "", "the .zip's directory is malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unpacks_what_it_packed),
        cmocka_unit_test(packs_equal_contents_to_equal_bytes_and_behind_what_the_buffer_holds),
        cmocka_unit_test(packs_nothing_empty_or_too_large),
        cmocka_unit_test(unpacks_what_other_tools_packed),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(never_gives_other_contents_for_a_flipped_bit),
        cmocka_unit_test(survives_a_hundred_thousand_damaged_archives),
        cmocka_unit_test(refuses_unknown_names_and_names_that_stand_twice),
        cmocka_unit_test(refuses_a_missing_file),
        cmocka_unit_test(refuses_encryption_and_other_methods),
        cmocka_unit_test(refuses_a_wrong_checksum),
        cmocka_unit_test(never_unpacks_more_than_was_allowed),
        cmocka_unit_test(refuses_a_directory_that_claims_too_many_files),
    };

    return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
