/* The tree against everyone else's vectors: transparency-dev, Google's reference tree, golang.org/x/mod. */
#include "tests/audit/support.h"

#include <stdlib.h>

/* Some vectors hold a word where a hash should be; made up to 32 bytes it still differs from every hash. */
static struct sha256 read_hash(const json_t *value)
{
    struct sha256 hash = {{0}};
    const char *text = json_string_value(value);
    struct zcd_error err;
    size_t size;

    assert_non_null(text);
    assert_int_equal(base64_decode(text, strlen(text), hash.bytes, SHA256_SIZE, &size, &err), ZCD_OK);
    return hash;
}

static struct merkle_proof read_proof(const json_t *hashes)
{
    struct merkle_proof proof = {.count = json_array_size(hashes)};

    assert_true(proof.count <= MERKLE_PROOF_MAX);
    for (size_t i = 0; i < proof.count; i++)
        proof.hash[i] = read_hash(json_array_get(hashes, i));
    return proof;
}

/* jansson's integers are signed, and some vectors hold 2^64 - 1: read as reals, all sizes up to 2^53 are still exact. */
static json_t *load_vector(const char *path)
{
    json_error_t problem;
    json_t *vector = json_load_file(path, JSON_DECODE_INT_AS_REAL, &problem);

    assert_non_null(vector);
    return vector;
}

static uint64_t read_size(const json_t *vector, const char *name)
{
    const json_t *value = json_object_get(vector, name);

    assert_true(json_is_number(value));
    return json_number_value(value) < 0x1p63 ? (uint64_t)json_number_value(value) : UINT64_MAX;
}

/* An empty text is no hash at all; struct sha256 has no place for that. */
static bool is_there(const json_t *vector, const char *name)
{
    return json_string_length(json_object_get(vector, name)) > 0;
}

static void check_inclusion_vector(const char *path)
{
    json_t *vector = load_vector(path);
    struct merkle_proof proof = read_proof(json_object_get(vector, "proof"));
    struct sha256 leaf = read_hash(json_object_get(vector, "leafHash"));
    struct sha256 root = read_hash(json_object_get(vector, "root"));
    struct zcd_error err = {0};

    bool accepted = is_there(vector, "leafHash") && is_there(vector, "root") &&
                    merkle_verify_inclusion(read_size(vector, "leafIdx"), read_size(vector, "treeSize"), &leaf, &proof,
                                            &root, &err) == ZCD_OK;
    if (accepted == json_is_true(json_object_get(vector, "wantErr")))
        fail_msg("%s: %s", path, accepted ? "accepted" : err.message);
    json_decref(vector);
}

static void judges_every_published_inclusion_proof_as_its_authors_do(void **state)
{
    (void)state;
    assert_int_equal(for_each_json(VECTORS "merkle-transparency-dev/testdata/inclusion", check_inclusion_vector), 98);
}

/*
 * The one case on which the authorities differ: from the empty tree with its right root and an empty proof. The authors
 * and RFC 9162 have no such proof; c2sp.org/tlog-witness, which we follow, has.
 */
static bool is_growth_from_empty_tree(const char *path)
{
    return strstr(path, "/size1-is-zero-and-size2-is-not-zero.json") != NULL;
}

static void check_consistency_vector(const char *path)
{
    json_t *vector = load_vector(path);
    struct merkle_proof proof = read_proof(json_object_get(vector, "proof"));
    struct sha256 old_root = read_hash(json_object_get(vector, "root1"));
    struct sha256 root = read_hash(json_object_get(vector, "root2"));
    struct zcd_error err = {0};

    bool accepted = merkle_verify_consistency(read_size(vector, "size1"), &old_root, read_size(vector, "size2"), &root,
                                              &proof, &err) == ZCD_OK;
    bool expected = !json_is_true(json_object_get(vector, "wantErr")) || is_growth_from_empty_tree(path);
    if (accepted != expected)
        fail_msg("%s: %s", path, accepted ? "accepted" : err.message);
    json_decref(vector);
}

static void judges_every_published_consistency_proof_as_its_authors_do(void **state)
{
    (void)state;
    assert_int_equal(for_each_json(VECTORS "merkle-transparency-dev/testdata/consistency", check_consistency_vector),
                     98);
}

/* ------------------------------------------------------------------ Google's reference tree of eight leaves */

static void append_hex_leaf(struct tree *tree, const char *hex)
{
    uint8_t leaf[16];
    size_t size = strlen(hex) / 2;
    struct zcd_error err;

    assert_int_equal(hex_decode(hex, strlen(hex), leaf, size, &err), ZCD_OK);
    tree_append(tree, merkle_leaf_hash((struct bytes){leaf, size}));
}

static void assert_hashes(const json_t *hexes, const struct sha256 *hashes)
{
    for (size_t i = 0; i < json_array_size(hexes); i++)
        assert_hash_equal(hashes[i], hash_of_hex(json_string_value(json_array_get(hexes, i))));
}

static void builds_the_reference_tree_node_by_node(void **state)
{
    json_t *vector = load_json(VECTORS "rfc6962-known-answers/ct-reference-tree.json");
    struct tree *tree = calloc(1, sizeof *tree);
    const json_t *leaves = json_object_get(vector, "leaves_hex");
    const json_t *roots = json_object_get(vector, "roots_by_size");

    (void)state;
    assert_hash_equal(merkle_range_root(&tree->range),
                      hash_of_hex(json_string_value(json_object_get(vector, "empty_root"))));
    for (size_t i = 0; i < json_array_size(leaves); i++) {
        char size[24];
        append_hex_leaf(tree, json_string_value(json_array_get(leaves, i)));
        (void)snprintf(size, sizeof size, "%zu", i + 1);
        assert_hash_equal(merkle_range_root(&tree->range),
                          hash_of_hex(json_string_value(json_object_get(roots, size))));
    }
    assert_hashes(json_object_get(vector, "leaf_hashes"), tree->node[0]);
    assert_hashes(json_object_get(vector, "level1"), tree->node[1]);
    assert_hashes(json_object_get(vector, "level2"), tree->node[2]);
    free(tree);
    json_decref(vector);
}

static void proves_what_the_reference_tree_proves(void **state)
{
    json_t *vector = load_json(VECTORS "rfc6962-known-answers/ct-reference-tree.json");
    struct tree *tree = calloc(1, sizeof *tree);
    struct merkle_proof proof;
    struct zcd_error err;
    size_t i;
    const json_t *entry;

    (void)state;
    json_array_foreach(json_object_get(vector, "leaves_hex"), i, entry)
        append_hex_leaf(tree, json_string_value(entry));
    json_array_foreach(json_object_get(vector, "inclusion"), i, entry) {
        assert_int_equal(merkle_prove_inclusion(read_size(entry, "index"), read_size(entry, "size"), tree_find, tree,
                                                &proof, &err),
                         ZCD_OK);
        assert_int_equal(proof.count, json_array_size(json_object_get(entry, "proof")));
        assert_hashes(json_object_get(entry, "proof"), proof.hash);
    }
    json_array_foreach(json_object_get(vector, "consistency"), i, entry) {
        assert_int_equal(merkle_prove_consistency(read_size(entry, "old"), read_size(entry, "new"), tree_find, tree,
                                                  &proof, &err),
                         ZCD_OK);
        assert_int_equal(proof.count, json_array_size(json_object_get(entry, "proof")));
        assert_hashes(json_object_get(entry, "proof"), proof.hash);
    }
    free(tree);
    json_decref(vector);
}

/* ------------------------------------------------------------------ the log of 700 entries made with x/mod */

static void append_entries(struct tree *tree, const char *path)
{
    struct buffer entries = load_file(path);

    for (size_t at = 0; at < entries.size;) {
        size_t size = (size_t)entries.data[at] << 8 | entries.data[at + 1];
        tree_append(tree, merkle_leaf_hash((struct bytes){entries.data + at + 2, size}));
        at += 2 + size;
    }
    buffer_done(&entries);
}

static struct tree *load_log_of_700(void)
{
    struct tree *tree = calloc(1, sizeof *tree);

    append_entries(tree, VECTORS "generated-xmod/log/tile/entries/000");
    append_entries(tree, VECTORS "generated-xmod/log/tile/entries/001");
    append_entries(tree, VECTORS "generated-xmod/log/tile/entries/002.p/188");
    assert_int_equal(tree->range.size, 700);
    return tree;
}

static void assert_same_proof(const struct merkle_proof *proof, const json_t *expected)
{
    assert_int_equal(proof->count, json_array_size(expected));
    for (size_t i = 0; i < proof->count; i++)
        assert_hash_equal(proof->hash[i], hash_of_base64(json_string_value(json_array_get(expected, i))));
}

static void gives_the_same_inclusion_proofs_as_golang_and_accepts_them(void **state)
{
    json_t *vectors = load_json(VECTORS "generated-xmod/inclusion.json");
    struct tree *tree = load_log_of_700();
    size_t i;
    const json_t *vector;

    (void)state;
    assert_int_equal(json_array_size(vectors), 904);
    json_array_foreach(vectors, i, vector) {
        uint64_t index = read_size(vector, "index");
        uint64_t size = read_size(vector, "size");
        struct sha256 root = hash_of_base64(json_string_value(json_object_get(vector, "root_b64")));
        struct sha256 leaf = merkle_leaf_hash(bytes_of_text(json_string_value(json_object_get(vector, "leaf_utf8"))));
        struct merkle_proof proof;
        struct zcd_error err;

        assert_int_equal(merkle_prove_inclusion(index, size, tree_find, tree, &proof, &err), ZCD_OK);
        assert_same_proof(&proof, json_object_get(vector, "proof_b64"));
        assert_int_equal(merkle_verify_inclusion(index, size, &leaf, &proof, &root, &err), ZCD_OK);
    }
    free(tree);
    json_decref(vectors);
}

static void gives_the_same_consistency_proofs_as_golang_and_accepts_them(void **state)
{
    json_t *vectors = load_json(VECTORS "generated-xmod/consistency.json");
    struct tree *tree = load_log_of_700();
    size_t i;
    const json_t *vector;

    (void)state;
    assert_int_equal(json_array_size(vectors), 1045);
    json_array_foreach(vectors, i, vector) {
        uint64_t old_size = read_size(vector, "old_size");
        uint64_t size = read_size(vector, "size");
        struct sha256 root = hash_of_base64(json_string_value(json_object_get(vector, "root_b64")));
        struct sha256 old_root = hash_of_base64(json_string_value(json_object_get(vector, "old_root_b64")));
        struct merkle_proof proof;
        struct zcd_error err;

        assert_int_equal(merkle_prove_consistency(old_size, size, tree_find, tree, &proof, &err), ZCD_OK);
        assert_same_proof(&proof, json_object_get(vector, "proof_b64"));
        assert_int_equal(merkle_verify_consistency(old_size, &old_root, size, &root, &proof, &err), ZCD_OK);
    }
    free(tree);
    json_decref(vectors);
}

static void finds_the_published_root_of_every_size_from_stored_nodes(void **state)
{
    json_t *roots = load_json(VECTORS "generated-xmod/roots.json");
    struct tree *tree = load_log_of_700();
    const char *size;
    const json_t *expected;

    (void)state;
    json_object_foreach(roots, size, expected) {
        struct sha256 root;
        struct zcd_error err;

        assert_int_equal(merkle_root(strtoull(size, NULL, 10), tree_find, tree, &root, &err), ZCD_OK);
        assert_hash_equal(root, hash_of_base64(json_string_value(expected)));
    }
    free(tree);
    json_decref(roots);
}

static void has_the_published_tiles(void **state)
{
    struct tree *tree = load_log_of_700();
    struct buffer first = load_file(VECTORS "generated-xmod/log/tile/0/000");
    struct buffer last = load_file(VECTORS "generated-xmod/log/tile/0/002.p/188");
    struct buffer upper = load_file(VECTORS "generated-xmod/log/tile/1/000.p/2");

    (void)state;
    assert_int_equal(first.size, 256 * SHA256_SIZE);
    assert_memory_equal(tree->node[0], first.data, first.size);
    assert_int_equal(last.size, 188 * SHA256_SIZE);
    assert_memory_equal(tree->node[0][512].bytes, last.data, last.size);
    assert_int_equal(upper.size, 2 * SHA256_SIZE);
    assert_memory_equal(tree->node[8], upper.data, upper.size);
    buffer_done(&first);
    buffer_done(&last);
    buffer_done(&upper);
    free(tree);
}

/* ------------------------------------------------------------------ what the vectors do not reach */

static struct tree *tree_of(int size)
{
    struct tree *tree = calloc(1, sizeof *tree);

    for (int i = 0; i < size; i++) {
        uint8_t leaf[] = {(uint8_t)i, (uint8_t)(i >> 8)};
        tree_append(tree, merkle_leaf_hash((struct bytes){leaf, sizeof leaf}));
    }
    return tree;
}

static void verifies_every_pair_of_sizes_and_no_flipped_proof(void **state)
{
    enum { SIZE_MAX_TRIED = 70 };
    struct tree *tree = tree_of(SIZE_MAX_TRIED);
    struct sha256 root[SIZE_MAX_TRIED + 1];
    struct merkle_proof proof;
    struct zcd_error err;

    (void)state;
    for (uint64_t size = 0; size <= SIZE_MAX_TRIED; size++)
        assert_int_equal(merkle_root(size, tree_find, tree, &root[size], &err), ZCD_OK);
    for (uint64_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        for (uint64_t index = 0; index < size; index++) {
            assert_int_equal(merkle_prove_inclusion(index, size, tree_find, tree, &proof, &err), ZCD_OK);
            for (uint64_t claimed = 0; claimed < size; claimed++) {
                bool accepted = merkle_verify_inclusion(claimed, size, &tree->node[0][index], &proof, &root[size],
                                                        &err) == ZCD_OK;
                assert_int_equal(accepted, claimed == index);
            }
        }
        for (uint64_t old_size = 0; old_size <= size; old_size++) {
            assert_int_equal(merkle_prove_consistency(old_size, size, tree_find, tree, &proof, &err), ZCD_OK);
            assert_int_equal(merkle_verify_consistency(old_size, &root[old_size], size, &root[size], &proof, &err),
                             ZCD_OK);
            for (size_t i = 0; i < proof.count; i++) {
                proof.hash[i].bytes[31] ^= 1;
                assert_int_equal(merkle_verify_consistency(old_size, &root[old_size], size, &root[size], &proof, &err),
                                 ZCD_INVALID);
                proof.hash[i].bytes[31] ^= 1;
            }
        }
    }
    free(tree);
}

static void reads_few_nodes_for_a_proof(void **state)
{
    struct tree *tree = tree_of(1023);
    struct merkle_proof proof;
    struct zcd_error err;

    (void)state;
    for (uint64_t index = 0; index < 1023; index++) {
        tree->lookups = 0;
        assert_int_equal(merkle_prove_inclusion(index, 1023, tree_find, tree, &proof, &err), ZCD_OK);
        assert_true(tree->lookups <= 2 * 10);
    }
    free(tree);
}

static void names_the_peaks_of_a_range_as_stored_nodes(void **state)
{
    struct tree *tree = tree_of(700); /* 512 + 128 + 32 + 16 + 8 + 4 */
    static const struct {
        int level;
        uint64_t index;
    } peaks[] = {{9, 0}, {7, 4}, {5, 20}, {4, 42}, {3, 86}, {2, 174}};

    (void)state;
    assert_int_equal(merkle_range_peak_count(&tree->range), COUNT_OF(peaks));
    for (size_t i = 0; i < COUNT_OF(peaks); i++) {
        struct merkle_node peak = merkle_range_peak(&tree->range, (int)i);
        assert_int_equal(peak.level, peaks[i].level);
        assert_int_equal(peak.index, peaks[i].index);
        assert_hash_equal(peak.hash, tree->node[peak.level][peak.index]);
    }
    free(tree);
}

/* A tree whose leaves are all alike has one hash per level: sizes up to 2^63 - 1 without storing anything. */
static enum zcd_code find_alike(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    const struct sha256 *by_level = context;

    (void)err;
    (void)index;
    assert_true(level <= MERKLE_LEVEL_MAX);
    *hash = by_level[level];
    return ZCD_OK;
}

static void works_up_to_the_largest_size(void **state)
{
    static const uint64_t sizes[] = {UINT64_C(1) << 31, (UINT64_C(1) << 32) + 1, (UINT64_C(1) << 53) - 1,
                                     UINT64_C(1) << 62, INT64_MAX};
    struct sha256 by_level[MERKLE_LEVEL_MAX + 1];
    struct zcd_error err;

    (void)state;
    by_level[0] = merkle_leaf_hash(bytes_of_text("alike"));
    for (int level = 1; level <= MERKLE_LEVEL_MAX; level++)
        by_level[level] = merkle_node_hash(&by_level[level - 1], &by_level[level - 1]);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const uint64_t indices[] = {0, 1, sizes[i] / 3, sizes[i] / 2, sizes[i] - 2, sizes[i] - 1};
        struct sha256 root, old_root;
        struct merkle_proof proof;

        assert_int_equal(merkle_root(sizes[i], find_alike, by_level, &root, &err), ZCD_OK);
        for (size_t k = 0; k < COUNT_OF(indices); k++) {
            assert_int_equal(merkle_prove_inclusion(indices[k], sizes[i], find_alike, by_level, &proof, &err), ZCD_OK);
            assert_int_equal(merkle_verify_inclusion(indices[k], sizes[i], &by_level[0], &proof, &root, &err), ZCD_OK);

            uint64_t old_size = indices[k] + 1;
            assert_int_equal(merkle_root(old_size, find_alike, by_level, &old_root, &err), ZCD_OK);
            assert_int_equal(merkle_prove_consistency(old_size, sizes[i], find_alike, by_level, &proof, &err), ZCD_OK);
            assert_int_equal(merkle_verify_consistency(old_size, &old_root, sizes[i], &root, &proof, &err), ZCD_OK);
        }
    }
}

static void refuses_sizes_of_2_to_the_63(void **state)
{
    struct sha256 hash = {{0}};
    struct merkle_proof proof = {0};
    struct zcd_error err;
    const uint64_t size = UINT64_C(1) << 63;

    (void)state;
    assert_int_equal(merkle_prove_inclusion(0, size, find_alike, NULL, &proof, &err), ZCD_INVALID);
    assert_int_equal(merkle_prove_consistency(1, size, find_alike, NULL, &proof, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_inclusion(0, size, &hash, &proof, &hash, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(1, &hash, size, &hash, &proof, &err), ZCD_INVALID);
    assert_int_equal(merkle_root(size, find_alike, NULL, &hash, &err), ZCD_INVALID);
}

static void finds_no_leaf_at_or_beyond_the_size_included(void **state)
{
    static const uint64_t cases[][2] = {{0, 0}, {1, 1}, {5, 5}, {8, 8}, {9, 8}, {INT64_MAX, INT64_MAX}, {UINT64_MAX, 7}};
    struct sha256 hash = {{0}};
    struct zcd_error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct merkle_proof none = {.count = 0};
        assert_int_equal(merkle_verify_inclusion(cases[i][0], cases[i][1], &hash, &none, &hash, &err), ZCD_INVALID);
        assert_string_equal(err.message, "index is not below the tree's size");
    }
}

static void has_no_proof_for_a_leaf_beyond_the_log(void **state)
{
    struct merkle_proof proof = {.count = 7};
    struct zcd_error err;

    (void)state;
    assert_int_equal(merkle_prove_inclusion(5, 5, find_alike, NULL, &proof, &err), ZCD_NOT_FOUND);
    assert_int_equal(merkle_prove_inclusion(0, 0, find_alike, NULL, &proof, &err), ZCD_NOT_FOUND);
    assert_int_equal(merkle_prove_consistency(6, 5, find_alike, NULL, &proof, &err), ZCD_INVALID);
    assert_int_equal(proof.count, 7);
}

static enum zcd_code find_nothing(void *context, int level, uint64_t index, struct sha256 *hash, struct zcd_error *err)
{
    int *left = context;

    (void)level;
    (void)index;
    if ((*left)-- == 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "the store is away");
    *hash = (struct sha256){{0}};
    return ZCD_OK;
}

static void hands_on_the_failure_of_any_lookup(void **state)
{
    struct merkle_proof proof = {.count = 7};
    struct sha256 root;
    struct zcd_error err;

    (void)state;
    for (int n = 0; n < 6; n++) {
        int left = n;
        assert_int_equal(merkle_prove_inclusion(100, 700, find_nothing, &left, &proof, &err), ZCD_UNAVAILABLE);
        left = n;
        assert_int_equal(merkle_prove_consistency(300, 700, find_nothing, &left, &proof, &err), ZCD_UNAVAILABLE);
        left = n;
        assert_int_equal(merkle_root(700, find_nothing, &left, &root, &err), ZCD_UNAVAILABLE);
        assert_int_equal(proof.count, 7);
    }
}

/* c2sp.org/tlog-witness: anything extends the empty tree, with an empty proof. */
static void lets_any_tree_follow_the_empty_one(void **state)
{
    struct sha256 empty = merkle_empty_root();
    struct sha256 other = merkle_leaf_hash(bytes_of_text("x"));
    struct merkle_proof none = {0};
    struct merkle_proof one = {.count = 1};
    struct zcd_error err;

    (void)state;
    assert_int_equal(merkle_verify_consistency(0, &empty, 0, &empty, &none, &err), ZCD_OK);
    assert_int_equal(merkle_verify_consistency(0, &empty, 9, &other, &none, &err), ZCD_OK);
    assert_int_equal(merkle_verify_consistency(0, &empty, 9, &other, &one, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(0, &other, 9, &other, &none, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(0, &empty, 0, &other, &none, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(9, &other, 9, &other, &one, &err), ZCD_INVALID);
    assert_int_equal(merkle_verify_consistency(9, &other, 9, &empty, &none, &err), ZCD_INVALID);
}

static void lets_no_tree_follow_a_larger_one(void **state)
{
    struct sha256 root = merkle_leaf_hash(bytes_of_text("x"));
    struct merkle_proof none = {.count = 0};
    struct zcd_error err;

    (void)state;
    assert_int_equal(merkle_verify_consistency(9, &root, 8, &root, &none, &err), ZCD_INVALID);
    assert_string_equal(err.message, "the older tree is larger than the newer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_published_inclusion_proof_as_its_authors_do),
        cmocka_unit_test(judges_every_published_consistency_proof_as_its_authors_do),
        cmocka_unit_test(builds_the_reference_tree_node_by_node),
        cmocka_unit_test(proves_what_the_reference_tree_proves),
        cmocka_unit_test(gives_the_same_inclusion_proofs_as_golang_and_accepts_them),
        cmocka_unit_test(gives_the_same_consistency_proofs_as_golang_and_accepts_them),
        cmocka_unit_test(finds_the_published_root_of_every_size_from_stored_nodes),
        cmocka_unit_test(has_the_published_tiles),
        cmocka_unit_test(verifies_every_pair_of_sizes_and_no_flipped_proof),
        cmocka_unit_test(reads_few_nodes_for_a_proof),
        cmocka_unit_test(names_the_peaks_of_a_range_as_stored_nodes),
        cmocka_unit_test(works_up_to_the_largest_size),
        cmocka_unit_test(refuses_sizes_of_2_to_the_63),
        cmocka_unit_test(finds_no_leaf_at_or_beyond_the_size_included),
        cmocka_unit_test(has_no_proof_for_a_leaf_beyond_the_log),
        cmocka_unit_test(hands_on_the_failure_of_any_lookup),
        cmocka_unit_test(lets_any_tree_follow_the_empty_one),
        cmocka_unit_test(lets_no_tree_follow_a_larger_one),
    };

    return cmocka_run_group_tests_name("merkle", tests, NULL, NULL);
}
