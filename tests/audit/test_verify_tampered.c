/*
 * An administrator with every right in the database edits, deletes, inserts and reorders records. What zcd-verify says of
 * the log as it is served afterwards. Needs PostgreSQL.
 */
#include "tests/audit/log_support.h"
#include "tests/audit/verify_support.h"

#include "audit/store.h"
#include "audit/tile_folder.h"

enum { RECORDS = 600, SAVED_AT = 100, SAVED_AGAIN_AT = 400 };

/* Beside the database: what somebody outside kept. */
struct kept {
    struct fixture *fixture;
    char first[128], second[128]; /* checkpoints of 100 and 400 records */
    char copy[128];               /* a copy of 590 records, verified then */
    char served[128];             /* the log as it is served now */
};

/*
 * SQL that makes every hash, bundle and tile anew from the rows, as a careful forger would.
 */
static const char REBUILD[] =
    "UPDATE log_leaf SET leaf_hash = sha256('\\x00'::bytea || leaf);"
    "UPDATE log_bundle b SET body = (SELECT string_agg(substring(int4send(octet_length(leaf)) FROM 3) || leaf, "
    "''::bytea"
    "  ORDER BY index) FROM log_leaf l WHERE l.index >= b.index * 256 AND l.index < (b.index + 1) * 256);"
    "UPDATE log_tile t SET hashes = (SELECT string_agg(leaf_hash, ''::bytea ORDER BY index) FROM log_leaf l"
    "  WHERE l.index >= t.index * 256 AND l.index < (t.index + 1) * 256) WHERE level = 0;"
    "CREATE FUNCTION fold(hashes bytea) RETURNS bytea LANGUAGE plpgsql AS $$"
    " DECLARE row bytea := hashes; next bytea; BEGIN"
    "  WHILE octet_length(row) > 32 LOOP"
    "   next := ''::bytea;"
    "   FOR i IN 0 .. octet_length(row) / 64 - 1 LOOP"
    "    next := next || sha256('\\x01'::bytea || substring(row FROM i * 64 + 1 FOR 64));"
    "   END LOOP;"
    "   row := next;"
    "  END LOOP;"
    "  RETURN row; END $$;"
    "UPDATE log_tile SET root = fold(hashes);"
    "DROP FUNCTION fold;";

/* Only what is served of the records, not the tree. */
static const char REBUILD_BUNDLES[] =
    "UPDATE log_bundle b SET body = (SELECT string_agg(substring(int4send(octet_length(leaf)) FROM 3) || leaf, "
    "''::bytea"
    "  ORDER BY index) FROM log_leaf l WHERE l.index >= b.index * 256 AND l.index < (b.index + 1) * 256);";

/* The primary key, whatever it is called. */
static const char DROP_CONSTRAINTS[] =
    "DO $$ DECLARE name text; BEGIN"
    " FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'log_leaf'::regclass AND contype IN ('p', 'u') LOOP"
    "  EXECUTE format('ALTER TABLE log_leaf DROP CONSTRAINT %I CASCADE', name);"
    " END LOOP; END $$;";

static const char EDIT[] = "UPDATE log_leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'officer-1',"
                           " 'officer-2'), 'UTF8') WHERE index = 150;";
static const char DELETE_ONE[] = "DELETE FROM log_leaf WHERE index = 150;"
                                 "UPDATE log_leaf SET index = index - 1 WHERE index > 150;";
static const char INSERT_ONE[] = "UPDATE log_leaf SET index = index + 1 WHERE index >= 150;"
                                 "INSERT INTO log_leaf (index, leaf_hash, leaf)"
                                 " SELECT 150, leaf_hash, convert_to(replace(convert_from(leaf, 'UTF8'),"
                                 " 'officer-1', 'officer-9'), 'UTF8') FROM log_leaf WHERE index = 149;";
static const char SWAP_TWO[] = "UPDATE log_leaf SET index = CASE index WHEN 150 THEN 160 ELSE 150 END"
                               " WHERE index IN (150, 160);";

/* ------------------------------------------------------------------ what is served */

static void write_tile(struct db *db, const char *folder, const struct tile *tile)
{
    struct store_tile stored = {.at = *tile};
    struct buffer bytes = {0};
    struct zcd_error err;
    enum zcd_code code;

    if (tile->level == TILE_ENTRIES) {
        code = store_pg_read_bundle(db, tile->index, tile->width, &bytes, &err);
    } else {
        code = store_pg_read_tiles(db, &stored, 1, &err);
        if (code == ZCD_OK)
            buffer_append(&bytes, stored.hash, (size_t)tile->width * SHA256_SIZE);
    }
    /* What the database no longer has is not served either. */
    if (code == ZCD_OK)
        assert_int_equal(tile_folder_write(folder, tile, buffer_bytes(&bytes), &err), ZCD_OK);
    buffer_done(&bytes);
}

/* All tiles of so many leaves as the routes would give them, unchecked, and the checkpoint. */
static void write_served(const struct fixture *fixture, const char *checkpoint, uint64_t size, const char *folder)
{
    struct buffer note = load_file(checkpoint);
    struct db *db = NULL;
    struct zcd_error err;

    assert_int_equal(db_connect(&(struct db_options){.conninfo = fixture->database.conninfo}, &db, &err), ZCD_OK);
    for (int level = TILE_ENTRIES; level < 2; level++) {
        for (uint64_t index = 0; tile_width_at(level, index, size) > 0; index++)
            write_tile(db, folder, &(struct tile){level, index, tile_width_at(level, index, size)});
    }
    assert_int_equal(tile_folder_write_checkpoint(folder, buffer_bytes(&note), &err), ZCD_OK);
    db_close(db);
    buffer_done(&note);
}

static void write_up_to(struct log *log, int from, int to)
{
    struct waiting *waiting = calloc((size_t)(to - from), sizeof *waiting);

    for (int i = from; i < to; i++) {
        waiting_init(&waiting[i - from], i % 2, (unsigned)i);
        assert_int_equal(log_submit(log, &waiting[i - from].entry, &waiting[i - from].err), ZCD_OK);
    }
    for (int i = 0; i < to - from; i++) {
        if (!waiting_wait(&waiting[i]))
            fail_msg("%s", waiting[i].err.message);
        waiting_done(&waiting[i]);
    }
    free(waiting);
}

static int set_up(void **state)
{
    struct kept *kept = calloc(1, sizeof *kept);

    assert_int_equal(fixture_set_up(state), 0);
    kept->fixture = *state;
    *state = kept;
    if (!kept->fixture->has_database)
        return 0;
    (void)snprintf(kept->first, sizeof kept->first, "%s/first", kept->fixture->folder);
    (void)snprintf(kept->second, sizeof kept->second, "%s/second", kept->fixture->folder);
    (void)snprintf(kept->copy, sizeof kept->copy, "%s/copy", kept->fixture->folder);
    (void)snprintf(kept->served, sizeof kept->served, "%s/served", kept->fixture->folder);
    struct log *log = open_log(kept->fixture);
    write_up_to(log, 0, SAVED_AT);
    copy_file(kept->fixture->checkpoint_path, kept->first);
    write_up_to(log, SAVED_AT, SAVED_AGAIN_AT);
    copy_file(kept->fixture->checkpoint_path, kept->second);
    write_up_to(log, SAVED_AGAIN_AT, RECORDS - 10);
    write_served(kept->fixture, kept->fixture->checkpoint_path, RECORDS - 10, kept->copy);
    write_up_to(log, RECORDS - 10, RECORDS);
    log_close(log);
    return 0;
}

static int tear_down(void **state)
{
    struct kept *kept = *state;

    *state = kept->fixture;
    free(kept);
    return fixture_tear_down(state);
}

static struct kept *kept_of(void **state)
{
    struct kept *kept = *state;
    if (!kept->fixture->has_database)
        skip();
    return kept;
}

/* What the administrator does, and what is served then. */
static void tamper(const struct kept *kept, const char *what, const char *then)
{
    test_database_run(kept->fixture->database.conninfo, DROP_CONSTRAINTS);
    test_database_run(kept->fixture->database.conninfo, what);
    test_database_run(kept->fixture->database.conninfo, then);
    write_served(kept->fixture, kept->fixture->checkpoint_path, RECORDS, kept->served);
}

static void assert_first_bad(const struct outcome *outcome, const char *fault, int from, int to)
{
    char expected[128];

    (void)snprintf(expected, sizeof expected, "\"fault\":\"%s\",\"first_bad_from\":%d,\"first_bad_to\":%d,", fault,
                   from, to);
    assert_int_equal(outcome->status, 1);
    if (strstr(outcome->out, expected) == NULL)
        fail_msg("%s%s is not %s", outcome->out, outcome->problems, expected);
}

/* ------------------------------------------------------------------ the tests */

static void the_log_as_it_was_is_verified(void **state)
{
    struct kept *kept = kept_of(state);

    write_served(kept->fixture, kept->fixture->checkpoint_path, RECORDS, kept->served);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--old", kept->first, "--old", kept->second,
                                 "--against", kept->copy, "--records");
    assert_int_equal(outcome.status, 0);
}

/* The rows and what is served of them, but not the tree. */
static void records_that_no_longer_have_their_hash_are_named(void **state)
{
    struct kept *kept = kept_of(state);
    static const char *const DEEDS[] = {EDIT, DELETE_ONE, INSERT_ONE, SWAP_TWO};
    char undo[4096];

    test_database_run(
        kept->fixture->database.conninfo,
        "CREATE TABLE was AS SELECT * FROM log_leaf; CREATE TABLE bundle_was AS SELECT * FROM log_bundle");
    (void)snprintf(undo, sizeof undo,
                   "DELETE FROM log_leaf; INSERT INTO log_leaf SELECT * FROM was;"
                   "DELETE FROM log_bundle; INSERT INTO log_bundle SELECT * FROM bundle_was");
    test_database_run(kept->fixture->database.conninfo, DROP_CONSTRAINTS);
    for (size_t i = 0; i < COUNT_OF(DEEDS); i++) {
        test_database_run(kept->fixture->database.conninfo, DEEDS[i]);
        test_database_run(kept->fixture->database.conninfo, REBUILD_BUNDLES);
        write_served(kept->fixture, kept->fixture->checkpoint_path, RECORDS, kept->served);
        struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json");
        assert_first_bad(&outcome, "record_differs", 150, 151);
        test_database_run(kept->fixture->database.conninfo, undo);
    }
}

/* Every hash made anew: the signed root no longer fits, and what was kept outside says since when. */
static void an_edit_with_every_hash_made_anew_lies_between_two_checkpoints(void **state)
{
    struct kept *kept = kept_of(state);

    tamper(kept, EDIT, REBUILD);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json");
    assert_first_bad(&outcome, "root_differs", 0, RECORDS);
    outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--old", kept->first, "--old", kept->second);
    assert_first_bad(&outcome, "root_differs", SAVED_AT, SAVED_AGAIN_AT);
}

static void an_edit_with_every_hash_made_anew_is_named_by_an_earlier_copy(void **state)
{
    struct kept *kept = kept_of(state);

    tamper(kept, EDIT, REBUILD);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--against", kept->copy);
    assert_first_bad(&outcome, "root_differs", 150, 151);
}

static void a_deletion_with_every_hash_made_anew_is_named_by_the_gap_it_leaves(void **state)
{
    struct kept *kept = kept_of(state);

    tamper(kept, DELETE_ONE, REBUILD);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--against", kept->copy);
    assert_first_bad(&outcome, "root_differs", 150, 151);
    /* Two organisations take turns, so record 152 of before is the next of the one whose record is gone. */
    outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--records");
    assert_first_bad(&outcome, "record_does_not_follow", 151, 152);
}

static void an_insertion_with_every_hash_made_anew_is_named_by_its_number(void **state)
{
    struct kept *kept = kept_of(state);

    tamper(kept, INSERT_ONE, REBUILD);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--records");
    assert_first_bad(&outcome, "record_does_not_follow", 150, 151);
    outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--old", kept->first);
    assert_first_bad(&outcome, "root_differs", SAVED_AT, 151);
}

static void a_swap_with_every_hash_made_anew_is_named_by_its_numbers(void **state)
{
    struct kept *kept = kept_of(state);

    tamper(kept, SWAP_TWO, REBUILD);
    struct outcome outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--records");
    assert_first_bad(&outcome, "record_does_not_follow", 150, 151);
    outcome = RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--against", kept->copy);
    assert_first_bad(&outcome, "root_differs", 150, 151);
}

/* The key signs a rewritten log: only who kept a checkpoint can tell, and does. */
static void a_rewritten_log_that_was_signed_again_is_told_by_an_earlier_checkpoint(void **state)
{
    struct kept *kept = kept_of(state);
    struct checkpoint rewritten = {.origin = LOG_NAME, .size = RECORDS};
    struct buffer note = {0};
    struct zcd_error err;

    tamper(kept, EDIT, REBUILD);
    assert_int_equal(tile_folder_root(kept->served, RECORDS, &rewritten.root, &err), ZCD_OK);
    assert_int_equal(checkpoint_sign(&rewritten, kept->fixture->key, &note, &err), ZCD_OK);
    assert_int_equal(tile_folder_write_checkpoint(kept->served, buffer_bytes(&note), &err), ZCD_OK);
    buffer_done(&note);

    assert_int_equal(RUN("tiles", kept->served, "--key", LOG_VKEY).status, 0);
    struct outcome outcome =
        RUN("tiles", kept->served, "--key", LOG_VKEY, "--json", "--old", kept->first, "--old", kept->second);
    assert_first_bad(&outcome, "not_consistent", SAVED_AT, SAVED_AGAIN_AT);
    outcome = RUN("consistency", kept->second, kept->served, "--key", LOG_VKEY, "--lang", "zh");
    assert_int_equal(outcome.status, 1);
    assert_string_equal(outcome.out, "未通过验证:新检查点不是由旧检查点增长而来:历史被改写过。\n");
}

#define TAMPERED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TAMPERED(the_log_as_it_was_is_verified),
        TAMPERED(records_that_no_longer_have_their_hash_are_named),
        TAMPERED(an_edit_with_every_hash_made_anew_lies_between_two_checkpoints),
        TAMPERED(an_edit_with_every_hash_made_anew_is_named_by_an_earlier_copy),
        TAMPERED(a_deletion_with_every_hash_made_anew_is_named_by_the_gap_it_leaves),
        TAMPERED(an_insertion_with_every_hash_made_anew_is_named_by_its_number),
        TAMPERED(a_swap_with_every_hash_made_anew_is_named_by_its_numbers),
        TAMPERED(a_rewritten_log_that_was_signed_again_is_told_by_an_earlier_checkpoint),
    };

    return cmocka_run_group_tests_name("verify_tampered", tests, NULL, NULL);
}
