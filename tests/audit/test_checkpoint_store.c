#include "tests/audit/support.h"

#include "audit/checkpoint_store.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    char folder[64], path[96];
    struct signature_key *key;
    struct note_vkey vkey;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/zcd-test-store-XXXXXX");
    if (mkdtemp(fixture->folder) == NULL)
        return -1;
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/checkpoint", fixture->folder);
    fixture->key = log_key();
    fixture->vkey = vkey_of(LOG_VKEY);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[128];

    signature_key_free(fixture->key);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    int status = system(command);
    free(fixture);
    return status;
}

static void close_store(struct checkpoint_store **store)
{
    checkpoint_store_close(*store);
}

static struct checkpoint_store *open_store(const struct fixture *fixture)
{
    struct checkpoint_store *store = NULL;
    struct zcd_error err;

    assert_int_equal(checkpoint_store_open(fixture->path, &fixture->vkey, &store, &err), ZCD_OK);
    return store;
}

/* A signed tree of that size; its root is told apart by `mark`. */
static struct buffer sign_note(const struct fixture *fixture, uint64_t size, uint8_t mark,
                               struct checkpoint *checkpoint)
{
    struct buffer note = {0};
    struct zcd_error err;

    *checkpoint = (struct checkpoint){.origin = LOG_NAME, .size = size, .root = merkle_empty_root()};
    if (size > 0)
        memset(checkpoint->root.bytes, mark, SHA256_SIZE);
    assert_int_equal(checkpoint_sign(checkpoint, fixture->key, &note, &err), ZCD_OK);
    return note;
}

static enum zcd_code replace(struct checkpoint_store *store, const struct checkpoint *expected,
                             const struct buffer *note, struct zcd_error *err)
{
    assert_int_equal(checkpoint_store_lock(store, 1000, err), ZCD_OK);
    enum zcd_code code = checkpoint_store_replace(store, expected, buffer_bytes(note), err);
    checkpoint_store_unlock(store);
    return code;
}

static void what_is_put_is_read_by_every_store_on_the_file(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *writer = open_store(fixture);
    ZCD_AUTO(close_store)
    struct checkpoint_store *reader = open_store(fixture);
    struct checkpoint empty, one, read;
    ZCD_AUTO(buffer_done)
    struct buffer empty_note = sign_note(fixture, 0, 0, &empty);
    ZCD_AUTO(buffer_done)
    struct buffer one_note = sign_note(fixture, 1, 1, &one);
    struct bytes note;
    struct zcd_error err;

    assert_int_equal(checkpoint_store_read(reader, &read, &note, &err), ZCD_NOT_FOUND);
    assert_int_equal(replace(writer, NULL, &empty_note, &err), ZCD_OK);
    assert_int_equal(checkpoint_store_read(reader, &read, &note, &err), ZCD_OK);
    assert_int_equal(read.size, 0);
    assert_int_equal(replace(writer, &empty, &one_note, &err), ZCD_OK);
    assert_int_equal(checkpoint_store_read(reader, &read, &note, &err), ZCD_OK);
    assert_int_equal(read.size, 1);
    assert_true(bytes_equal(note, buffer_bytes(&one_note)));
}

static void a_replacement_that_does_not_follow_is_refused_and_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    struct checkpoint five, five_other, four, six, read;
    ZCD_AUTO(buffer_done)
    struct buffer five_note = sign_note(fixture, 5, 1, &five);
    ZCD_AUTO(buffer_done)
    struct buffer five_other_note = sign_note(fixture, 5, 2, &five_other);
    ZCD_AUTO(buffer_done)
    struct buffer four_note = sign_note(fixture, 4, 1, &four);
    ZCD_AUTO(buffer_done)
    struct buffer six_note = sign_note(fixture, 6, 1, &six);
    struct zcd_error err;

    assert_int_equal(replace(store, &four, &five_note, &err), ZCD_CONFLICT); /* there is none yet */
    assert_int_equal(replace(store, NULL, &five_note, &err), ZCD_OK);
    assert_int_equal(replace(store, NULL, &six_note, &err), ZCD_CONFLICT);
    assert_int_equal(replace(store, &five_other, &six_note, &err), ZCD_CONFLICT);
    assert_int_equal(replace(store, &four, &six_note, &err), ZCD_CONFLICT);
    assert_int_equal(replace(store, &five, &five_other_note, &err), ZCD_CONFLICT); /* same size: never two roots */
    assert_int_equal(replace(store, &five, &four_note, &err), ZCD_CONFLICT);
    assert_int_equal(checkpoint_store_read(store, &read, NULL, &err), ZCD_OK);
    assert_int_equal(read.size, 5);
    assert_int_equal(read.root.bytes[0], 1);
    assert_int_equal(replace(store, &five, &six_note, &err), ZCD_OK);
}

static void a_note_of_another_log_or_key_is_neither_taken_nor_believed(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    static const uint8_t seed[SIGNATURE_SEED_SIZE] = {7};
    struct signature_key *other_key = signature_key_from_seed(seed);
    struct checkpoint checkpoint, read;
    ZCD_AUTO(buffer_done)
    struct buffer good = sign_note(fixture, 1, 1, &checkpoint);
    ZCD_AUTO(buffer_done)
    struct buffer other = {0};
    struct zcd_error err;

    assert_int_equal(checkpoint_sign(&checkpoint, other_key, &other, &err), ZCD_OK);
    signature_key_free(other_key);
    assert_int_equal(replace(store, NULL, &other, &err), ZCD_INVALID);

    FILE *file = fopen(fixture->path, "wb");
    assert_int_equal(fwrite(other.data, 1, other.size, file), other.size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(checkpoint_store_read(store, &read, NULL, &err), ZCD_CORRUPT);
    assert_int_equal(replace(store, NULL, &good, &err), ZCD_CORRUPT);
}

static void every_changed_or_missing_byte_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    struct checkpoint checkpoint, read;
    ZCD_AUTO(buffer_done)
    struct buffer note = sign_note(fixture, 12, 1, &checkpoint);
    struct zcd_error err;

    for (size_t i = 0; i < 2 * note.size; i++) {
        FILE *file = fopen(fixture->path, "wb");
        size_t size = i < note.size ? note.size : i - note.size; /* flipped, then cut short */
        uint8_t kept = note.data[i % note.size];
        if (i < note.size)
            note.data[i] ^= 1;
        assert_int_equal(fwrite(note.data, 1, size, file), size);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(checkpoint_store_read(store, &read, NULL, &err), ZCD_CORRUPT);
        note.data[i % note.size] = kept;
    }
}

static void the_lock_keeps_others_out_for_a_bounded_time(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *first = open_store(fixture);
    ZCD_AUTO(close_store)
    struct checkpoint_store *second = open_store(fixture);
    struct zcd_error err;

    assert_int_equal(checkpoint_store_lock(first, 0, &err), ZCD_OK);
    assert_int_equal(checkpoint_store_lock(second, 30, &err), ZCD_UNAVAILABLE);
    checkpoint_store_unlock(first);
    assert_int_equal(checkpoint_store_lock(second, 30, &err), ZCD_OK);
    checkpoint_store_unlock(second);
}

static void a_folder_that_was_away_is_locked_in_again_once_it_is_back(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    char away[80];
    struct zcd_error err;

    (void)snprintf(away, sizeof away, "%s-away", fixture->folder);
    assert_int_equal(rename(fixture->folder, away), 0);
    assert_int_equal(checkpoint_store_lock(store, 30, &err), ZCD_UNAVAILABLE);
    assert_int_equal(checkpoint_store_lock(store, 30, &err), ZCD_UNAVAILABLE);
    assert_int_equal(rename(away, fixture->folder), 0);
    assert_int_equal(checkpoint_store_lock(store, 30, &err), ZCD_OK);
    checkpoint_store_unlock(store);
}

static void a_lock_file_removed_by_hand_does_not_let_two_in(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *first = open_store(fixture);
    char lock_path[128];
    struct zcd_error err;

    (void)snprintf(lock_path, sizeof lock_path, "%s.lock", fixture->path);
    assert_int_equal(unlink(lock_path), 0);
    ZCD_AUTO(close_store)
    struct checkpoint_store *second = open_store(fixture);
    assert_int_equal(checkpoint_store_lock(second, 0, &err), ZCD_OK);
    assert_int_equal(checkpoint_store_lock(first, 30, &err), ZCD_UNAVAILABLE);
    checkpoint_store_unlock(second);
}

static void a_process_that_dies_lets_go_of_the_lock(void **state)
{
    struct fixture *fixture = *state;
    struct zcd_error err;

    pid_t child = fork();
    if (child == 0) {
        struct checkpoint_store *store = open_store(fixture);
        _exit(checkpoint_store_lock(store, 0, &err) == ZCD_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    assert_int_equal(checkpoint_store_lock(store, 0, &err), ZCD_OK);
    checkpoint_store_unlock(store);
}

static void a_replacement_that_cannot_be_written_leaves_the_old_note(void **state)
{
    struct fixture *fixture = *state;
    ZCD_AUTO(close_store)
    struct checkpoint_store *store = open_store(fixture);
    struct checkpoint one, two, read;
    ZCD_AUTO(buffer_done)
    struct buffer one_note = sign_note(fixture, 1, 1, &one);
    ZCD_AUTO(buffer_done)
    struct buffer two_note = sign_note(fixture, 2, 1, &two);
    char in_the_way[128];
    struct zcd_error err;

    assert_int_equal(replace(store, NULL, &one_note, &err), ZCD_OK);
    (void)snprintf(in_the_way, sizeof in_the_way, "%s.new", fixture->path);
    assert_int_equal(mkdir(in_the_way, 0700), 0);
    assert_int_equal(replace(store, &one, &two_note, &err), ZCD_UNAVAILABLE);
    assert_int_equal(checkpoint_store_read(store, &read, NULL, &err), ZCD_OK);
    assert_int_equal(read.size, 1);
    assert_int_equal(rmdir(in_the_way), 0);
    assert_int_equal(replace(store, &one, &two_note, &err), ZCD_OK);
}

static void a_folder_that_is_not_there_is_said_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct checkpoint_store *store = NULL;
    struct zcd_error err;

    assert_int_equal(checkpoint_store_open("/nowhere/checkpoint", &fixture->vkey, &store, &err), ZCD_UNAVAILABLE);
    assert_null(store);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_is_put_is_read_by_every_store_on_the_file),
        STORE_TEST(a_replacement_that_does_not_follow_is_refused_and_changes_nothing),
        STORE_TEST(a_note_of_another_log_or_key_is_neither_taken_nor_believed),
        STORE_TEST(every_changed_or_missing_byte_is_noticed),
        STORE_TEST(the_lock_keeps_others_out_for_a_bounded_time),
        STORE_TEST(a_lock_file_removed_by_hand_does_not_let_two_in),
        STORE_TEST(a_folder_that_was_away_is_locked_in_again_once_it_is_back),
        STORE_TEST(a_process_that_dies_lets_go_of_the_lock),
        STORE_TEST(a_replacement_that_cannot_be_written_leaves_the_old_note),
        STORE_TEST(a_folder_that_is_not_there_is_said_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
