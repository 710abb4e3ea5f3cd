/* Tiles against the tlog-tiles text (c2sp.org/tlog-tiles) and a log written by golang.org/x/mod. */
#include "tests/audit/support.h"

#include "audit/tile.h"

/* ------------------------------------------------------------------ paths */

static void indices_are_written_in_groups_of_three(void **state)
{
    static const struct {
        struct tile tile;
        const char *path;
    } cases[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{0, 67, 256}, "tile/0/067"},
        {{3, 999, 256}, "tile/3/999"},
        {{1, 1000, 256}, "tile/1/x001/000"},
        {{0, 1234067, 256}, "tile/0/x001/x234/067"}, /* the specification's own example */
        {{0, 1234067, 44}, "tile/0/x001/x234/067.p/44"},
        {{TILE_ENTRIES, 273, 112}, "tile/entries/273.p/112"},
        {{TILE_ENTRIES, UINT64_C(36028797018963967), 255}, "tile/entries/x036/x028/x797/x018/x963/967.p/255"},
        {{7, 0, 1}, "tile/7/000.p/1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TILE_PATH_SIZE];
        struct tile tile;
        struct zcd_error err;

        assert_string_equal(tile_path_format(&cases[i].tile, text), cases[i].path);
        assert_int_equal(tile_path_parse(cases[i].path, &tile, &err), ZCD_OK);
        assert_int_equal(tile.level, cases[i].tile.level);
        assert_true(tile.index == cases[i].tile.index);
        assert_int_equal(tile.width, cases[i].tile.width);
    }
}

static void a_path_in_any_other_form_is_refused(void **state)
{
    static const char *const paths[] = {
        "",
        "tile",
        "tile/",
        "/tile/0/000",
        "tile/0",
        "tile/0/",
        "tile/0/67",
        "tile/0/0067",
        "tile/0/x000/067",
        "tile/0/x1/000",
        "tile/0/1/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/000/",
        "tile/0/000/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1 ",
        "tile/0/000.p/4294967297",
        "tile/00/000",
        "tile/-1/000",
        "tile/8/000",
        "tile/63/000",
        "tile/4294967296/000",
        "tile/entries",
        "tile/entries/",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/0x0",
        "tile/0/ 00",
        "tile/0/x036/x028/x797/x018/x963/968",                /* beyond any tree */
        "tile/0/x018/x446/x744/x073/x709/x551/x616/000",      /* 2^64 comes around to 0 in 64 bits */
        "tile/entries/x999/x999/x999/x999/x999/x999/999.p/1", /* too long */
    };
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct tile tile = {3, 7, 9};
        struct zcd_error err;

        if (tile_path_parse(paths[i], &tile, &err) != ZCD_INVALID)
            fail_msg("accepted: %s", paths[i]);
        assert_int_equal(tile.width, 9);
    }
}

/* ------------------------------------------------------------------ widths */

static void widths_are_those_of_the_specification(void **state)
{
    (void)state;
    /* "A tree of size 70,000": 273 full level-0 tiles and one of 112, level 1 one full and one of 17, level 2 one of 1. */
    assert_int_equal(tile_width_at(0, 272, 70000), 256);
    assert_int_equal(tile_width_at(0, 273, 70000), 112);
    assert_int_equal(tile_width_at(0, 274, 70000), 0);
    assert_int_equal(tile_width_at(TILE_ENTRIES, 273, 70000), 112);
    assert_int_equal(tile_width_at(1, 0, 70000), 256);
    assert_int_equal(tile_width_at(1, 1, 70000), 17);
    assert_int_equal(tile_width_at(2, 0, 70000), 1);
    assert_int_equal(tile_width_at(3, 0, 70000), 0);
    assert_int_equal(tile_width_at(0, 0, 0), 0);
    assert_int_equal(tile_width_at(0, 0, 256), 256);
    assert_int_equal(tile_width_at(1, 0, 256), 1);
    assert_int_equal(tile_width_at(0, 1, 256), 0);
    assert_int_equal(tile_width_at(0, UINT64_MAX, 256), 0);
    assert_int_equal(tile_width_at(7, 0, MERKLE_SIZE_MAX), 127);
}

/* ------------------------------------------------------------------ hashes */

#define LOG VECTORS "generated-xmod/log/tile/"
enum { LOG_SIZE = 700 };

static void read_tile(const char *path, struct sha256 hash[TILE_WIDTH], int width)
{
    struct buffer bytes = load_file(path);

    assert_int_equal(bytes.size, (size_t)width * SHA256_SIZE);
    memcpy(hash, bytes.data, bytes.size);
    buffer_done(&bytes);
}

static void a_full_tiles_root_is_its_hash_in_the_level_above(void **state)
{
    struct sha256 first[TILE_WIDTH], second[TILE_WIDTH], upper[TILE_WIDTH];
    (void)state;

    read_tile(LOG "0/000", first, TILE_WIDTH);
    read_tile(LOG "0/001", second, TILE_WIDTH);
    read_tile(LOG "1/000.p/2", upper, 2);
    assert_hash_equal(tile_root(first, TILE_WIDTH), upper[0]);
    assert_hash_equal(tile_root(second, TILE_WIDTH), upper[1]);
}

/* All nodes of the tree of 700, each found in a tile and equal to what appending the leaf hashes made. */
static void every_permanent_node_stands_in_a_tile(void **state)
{
    struct sha256 tile[4][TILE_WIDTH]; /* 0/000, 0/001, 0/002.p/188, 1/000.p/2 */
    struct merkle_range range = {0};
    int nodes = 0;
    (void)state;

    read_tile(LOG "0/000", tile[0], TILE_WIDTH);
    read_tile(LOG "0/001", tile[1], TILE_WIDTH);
    read_tile(LOG "0/002.p/188", tile[2], 188);
    read_tile(LOG "1/000.p/2", tile[3], 2);
    for (int leaf = 0; leaf < LOG_SIZE; leaf++) {
        struct merkle_node made[MERKLE_APPEND_NODES_MAX];
        int count = merkle_range_append(&range, &tile[leaf / TILE_WIDTH][leaf % TILE_WIDTH], made);
        for (int i = 0; i < count; i++, nodes++) {
            int first, hashes;
            struct tile at = tile_of_node(made[i].level, made[i].index, LOG_SIZE, &first, &hashes);
            assert_true(first + hashes <= at.width);
            const struct sha256 *hash = at.level == 0 ? tile[at.index] : tile[3];
            assert_hash_equal(tile_root(hash + first, hashes), made[i].hash);
        }
    }
    assert_int_equal(nodes, 700 + 350 + 175 + 87 + 43 + 21 + 10 + 5 + 2 + 1);
}

/* ----------------------------------------------------------------- entries */

static void a_bundles_entries_are_the_leaves_of_its_tile(void **state)
{
    struct buffer bundle = load_file(LOG "entries/002.p/188");
    struct bytes rest = buffer_bytes(&bundle);
    struct buffer again = {0};
    struct sha256 hash[TILE_WIDTH];
    struct bytes leaf;
    struct zcd_error err;
    (void)state;

    read_tile(LOG "0/002.p/188", hash, 188);
    for (int i = 0; i < 188; i++) {
        assert_int_equal(tile_next_entry(&rest, &leaf, &err), ZCD_OK);
        assert_hash_equal(merkle_leaf_hash(leaf), hash[i]);
        tile_append_entry(&again, leaf);
    }
    assert_int_equal(tile_next_entry(&rest, &leaf, &err), ZCD_NOT_FOUND);
    assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&bundle)));
    buffer_done(&again);
    buffer_done(&bundle);
}

static void the_first_entries_of_a_bundle_are_a_partial_bundle(void **state)
{
    struct buffer bundle = {0};
    struct bytes first;
    struct zcd_error err;
    (void)state;

    tile_append_entry(&bundle, bytes_of_text("one"));
    tile_append_entry(&bundle, (struct bytes){NULL, 0});
    tile_append_entry(&bundle, bytes_of_text("three"));
    assert_int_equal(tile_first_entries(buffer_bytes(&bundle), 1, &first, &err), ZCD_OK);
    assert_true(bytes_equal(first, (struct bytes){(const uint8_t *)"\0\3one", 5}));
    assert_int_equal(tile_first_entries(buffer_bytes(&bundle), 3, &first, &err), ZCD_OK);
    assert_int_equal(first.size, bundle.size);
    assert_int_equal(tile_first_entries(buffer_bytes(&bundle), 4, &first, &err), ZCD_INVALID);
    buffer_done(&bundle);
}

static void a_bundle_that_ends_within_an_entry_is_refused_at_every_cut(void **state)
{
    struct buffer bundle = {0};
    struct bytes first;
    struct zcd_error err;
    (void)state;

    tile_append_entry(&bundle, bytes_of_text("one"));
    tile_append_entry(&bundle, bytes_of_text("second"));
    for (size_t size = 0; size < bundle.size; size++)
        assert_int_equal(tile_first_entries((struct bytes){bundle.data, size}, 2, &first, &err), ZCD_INVALID);
    buffer_done(&bundle);
}

static void an_entry_may_have_65535_bytes(void **state)
{
    static const uint8_t zeros[TILE_ENTRY_SIZE_MAX];
    struct buffer bundle = {0};
    struct bytes rest, leaf;
    struct zcd_error err;
    (void)state;

    tile_append_entry(&bundle, (struct bytes){zeros, sizeof zeros});
    rest = buffer_bytes(&bundle);
    assert_int_equal(bundle.data[0], 0xff);
    assert_int_equal(bundle.data[1], 0xff);
    assert_int_equal(tile_next_entry(&rest, &leaf, &err), ZCD_OK);
    assert_int_equal(leaf.size, TILE_ENTRY_SIZE_MAX);
    buffer_done(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices_are_written_in_groups_of_three),
        cmocka_unit_test(a_path_in_any_other_form_is_refused),
        cmocka_unit_test(widths_are_those_of_the_specification),
        cmocka_unit_test(a_full_tiles_root_is_its_hash_in_the_level_above),
        cmocka_unit_test(every_permanent_node_stands_in_a_tile),
        cmocka_unit_test(a_bundles_entries_are_the_leaves_of_its_tile),
        cmocka_unit_test(the_first_entries_of_a_bundle_are_a_partial_bundle),
        cmocka_unit_test(a_bundle_that_ends_within_an_entry_is_refused_at_every_cut),
        cmocka_unit_test(an_entry_may_have_65535_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
