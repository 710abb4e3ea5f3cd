#include "audit/merkle.h"

#include <assert.h>
#include <string.h>

/* RFC 9162 2.1.1: one byte in front keeps leaves and nodes apart, against second preimages. */
static const uint8_t LEAF_PREFIX = 0x00;
static const uint8_t NODE_PREFIX = 0x01;

struct sha256 merkle_leaf_hash(struct bytes leaf)
{
    const struct bytes parts[] = {{&LEAF_PREFIX, 1}, leaf};

    return sha256_of_parts(parts, 2);
}

struct sha256 merkle_node_hash(const struct sha256 *left, const struct sha256 *right)
{
    uint8_t message[1 + 2 * SHA256_SIZE];

    message[0] = NODE_PREFIX;
    memcpy(message + 1, left->bytes, SHA256_SIZE);
    memcpy(message + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    return sha256_of((struct bytes){message, sizeof message});
}

struct sha256 merkle_empty_root(void)
{
    return sha256_of((struct bytes){NULL, 0});
}

/* 0 for 0. */
static int bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/* The largest power of two not above value; value > 0. */
static uint64_t power_not_above(uint64_t value)
{
    return UINT64_C(1) << (bit_length(value) - 1);
}

/* RFC 9162 2.1.1: k, where a tree of `size` > 1 leaves is split. */
static uint64_t split_of(uint64_t size)
{
    return power_not_above(size - 1);
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* ------------------------------------------------------------------ compact range */

int merkle_range_peak_count(const struct merkle_range *range)
{
    return __builtin_popcountll(range->size);
}

struct merkle_node merkle_range_peak(const struct merkle_range *range, int i)
{
    assert(i >= 0);
    assert(i < merkle_range_peak_count(range));

    uint64_t begin = 0;
    uint64_t rest = range->size;
    for (int larger = 0; larger < i; larger++) {
        begin += power_not_above(rest);
        rest -= power_not_above(rest);
    }
    int level = bit_length(rest) - 1;
    return (struct merkle_node){.level = level, .index = begin >> level, .hash = range->peak[i]};
}

int merkle_range_append(struct merkle_range *range, const struct sha256 *leaf_hash,
                        struct merkle_node node[MERKLE_APPEND_NODES_MAX])
{
    assert(range->size < (uint64_t)MERKLE_SIZE_MAX);

    int peaks = merkle_range_peak_count(range);
    int count = 0;
    node[count++] = (struct merkle_node){.level = 0, .index = range->size, .hash = *leaf_hash};

    /* Each trailing 1-bit of size is a perfect subtree that the new one completes to one twice as large. */
    for (uint64_t bits = range->size; (bits & 1) != 0; bits >>= 1) {
        const struct merkle_node *right = &node[count - 1];
        peaks--;
        node[count] = (struct merkle_node){.level = right->level + 1,
                                           .index = right->index >> 1,
                                           .hash = merkle_node_hash(&range->peak[peaks], &right->hash)};
        count++;
    }
    range->peak[peaks] = node[count - 1].hash;
    range->size++;
    return count;
}

/* Fold perfect subtrees, largest first, into the root over them all; count > 0. */
static struct sha256 fold(const struct sha256 *peak, int count)
{
    struct sha256 root = peak[count - 1];

    for (int i = count - 2; i >= 0; i--)
        root = merkle_node_hash(&peak[i], &root);
    return root;
}

struct sha256 merkle_range_root(const struct merkle_range *range)
{
    if (range->size == 0)
        return merkle_empty_root();
    return fold(range->peak, merkle_range_peak_count(range));
}

/* ------------------------------------------------------------------ proofs from stored nodes */

/* Where nodes come from. */
struct nodes {
    merkle_lookup *lookup;
    void *context;
};

/* MTH(D[begin:end]), where begin is a multiple of a power of two not below end - begin. */
static enum zcd_code find_subtree(struct nodes nodes, uint64_t begin, uint64_t end, struct sha256 *hash,
                                  struct zcd_error *err)
{
    struct sha256 peak[MERKLE_PEAKS_MAX];
    int count = 0;

    while (begin < end) {
        int level = bit_length(end - begin) - 1;
        enum zcd_code code = nodes.lookup(nodes.context, level, begin >> level, &peak[count], err);
        if (code != ZCD_OK)
            return code;
        begin += UINT64_C(1) << level;
        count++;
    }
    *hash = fold(peak, count);
    return ZCD_OK;
}

static enum zcd_code add_subtree(struct nodes nodes, uint64_t begin, uint64_t end, struct merkle_proof *proof,
                                 struct zcd_error *err)
{
    assert(proof->count < MERKLE_PROOF_MAX);

    enum zcd_code code = find_subtree(nodes, begin, end, &proof->hash[proof->count], err);
    if (code == ZCD_OK)
        proof->count++;
    return code;
}

/* Proofs are found from the root down, and given from the leaf up. */
static void reverse(struct merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct sha256 swapped = proof->hash[i];
        proof->hash[i] = proof->hash[proof->count - 1 - i];
        proof->hash[proof->count - 1 - i] = swapped;
    }
}

static enum zcd_code check_size(uint64_t size, struct zcd_error *err)
{
    if (size > (uint64_t)MERKLE_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "tree size is above 2^63 - 1");
    return ZCD_OK;
}

/* RFC 9162 2.1.3.1: PATH(index, D[size]), walked down instead of recursed. */
static enum zcd_code find_path(struct nodes nodes, uint64_t index, uint64_t size, struct merkle_proof *proof,
                               struct zcd_error *err)
{
    uint64_t begin = 0;
    uint64_t end = size;

    while (end - begin > 1) {
        uint64_t middle = begin + split_of(end - begin);
        bool to_the_left = index < middle;
        enum zcd_code code =
            to_the_left ? add_subtree(nodes, middle, end, proof, err) : add_subtree(nodes, begin, middle, proof, err);
        if (code != ZCD_OK)
            return code;
        if (to_the_left)
            end = middle;
        else
            begin = middle;
    }
    reverse(proof);
    return ZCD_OK;
}

enum zcd_code merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_lookup *lookup, void *context,
                                     struct merkle_proof *proof, struct zcd_error *err)
{
    if (index >= size)
        return zcd_fail(err, ZCD_NOT_FOUND, "the log has no leaf at this index");
    enum zcd_code code = check_size(size, err);
    if (code != ZCD_OK)
        return code;

    struct merkle_proof path = {0};
    code = find_path((struct nodes){lookup, context}, index, size, &path, err);
    if (code == ZCD_OK)
        *proof = path;
    return code;
}

/* RFC 9162 2.1.4.1: SUBPROOF(old_size, D[size], true), walked down; both sizes > 0. */
static enum zcd_code find_growth(struct nodes nodes, uint64_t old_size, uint64_t size, struct merkle_proof *proof,
                                 struct zcd_error *err)
{
    uint64_t begin = 0;
    uint64_t end = size;
    bool is_old_root = true; /* the RFC's b: is [begin, end) a tree whose root the verifier already holds? */

    while (end != old_size) {
        uint64_t middle = begin + split_of(end - begin);
        bool to_the_left = old_size <= middle;
        enum zcd_code code =
            to_the_left ? add_subtree(nodes, middle, end, proof, err) : add_subtree(nodes, begin, middle, proof, err);
        if (code != ZCD_OK)
            return code;
        if (to_the_left) {
            end = middle;
        } else {
            begin = middle;
            is_old_root = false;
        }
    }
    if (!is_old_root) {
        enum zcd_code code = add_subtree(nodes, begin, end, proof, err);
        if (code != ZCD_OK)
            return code;
    }
    reverse(proof);
    return ZCD_OK;
}

enum zcd_code merkle_prove_consistency(uint64_t old_size, uint64_t size, merkle_lookup *lookup, void *context,
                                       struct merkle_proof *proof, struct zcd_error *err)
{
    if (old_size > size)
        return zcd_fail(err, ZCD_INVALID, "the older tree is larger than the newer");
    enum zcd_code code = check_size(size, err);
    if (code != ZCD_OK)
        return code;

    struct merkle_proof growth = {0};
    if (old_size > 0)
        code = find_growth((struct nodes){lookup, context}, old_size, size, &growth, err);
    if (code == ZCD_OK)
        *proof = growth;
    return code;
}

enum zcd_code merkle_root(uint64_t size, merkle_lookup *lookup, void *context, struct sha256 *root,
                          struct zcd_error *err)
{
    enum zcd_code code = check_size(size, err);
    if (code != ZCD_OK)
        return code;
    if (size == 0) {
        *root = merkle_empty_root();
        return ZCD_OK;
    }
    return find_subtree((struct nodes){lookup, context}, 0, size, root, err);
}

/* ------------------------------------------------------------------ verifying */

/* Where a verifier stands: the RFC's fn and sn. */
struct position {
    uint64_t node;
    uint64_t last;
};

static bool is_right_child_or_last(const struct position *at)
{
    return (at->node & 1) != 0 || at->node == at->last;
}

/* After a hash was taken from the left: up over the levels on which the last node had no sibling. */
static void skip_to_right_child(struct position *at)
{
    while ((at->node & 1) == 0 && at->node != 0) {
        at->node >>= 1;
        at->last >>= 1;
    }
}

static void go_up(struct position *at)
{
    at->node >>= 1;
    at->last >>= 1;
}

/* Siblings within the perfect subtree that holds the leaf, then those left of the right border. */
static size_t inclusion_length(uint64_t index, uint64_t size)
{
    int inner = bit_length(index ^ (size - 1));

    return (size_t)inner + (size_t)__builtin_popcountll(index >> inner);
}

enum zcd_code merkle_verify_inclusion(uint64_t index, uint64_t size, const struct sha256 *leaf_hash,
                                      const struct merkle_proof *proof, const struct sha256 *root,
                                      struct zcd_error *err)
{
    enum zcd_code code = check_size(size, err);
    if (code != ZCD_OK)
        return code;
    if (index >= size)
        return zcd_fail(err, ZCD_INVALID, "index is not below the tree's size");
    if (proof->count != inclusion_length(index, size))
        return zcd_fail(err, ZCD_INVALID, "inclusion proof has %zu hashes, not %zu", proof->count,
                        inclusion_length(index, size));

    /* RFC 9162 2.1.3.2, steps 2 to 5. */
    struct position at = {index, size - 1};
    struct sha256 hash = *leaf_hash;
    for (size_t i = 0; i < proof->count; i++) {
        if (is_right_child_or_last(&at)) {
            hash = merkle_node_hash(&proof->hash[i], &hash);
            skip_to_right_child(&at);
        } else {
            hash = merkle_node_hash(&hash, &proof->hash[i]);
        }
        go_up(&at);
    }
    assert(at.last == 0); /* the length was checked */
    if (!sha256_equal(&hash, root))
        return zcd_fail(err, ZCD_INVALID, "inclusion proof leads to another root");
    return ZCD_OK;
}

/* RFC 9162 2.1.4.2, from step 2; 0 < old_size < size. */
static enum zcd_code verify_growth(uint64_t old_size, const struct sha256 *old_root, uint64_t size,
                                   const struct sha256 *root, const struct merkle_proof *proof, struct zcd_error *err)
{
    /* Step 2: a perfect old tree is itself the first node, and left out of the proof. */
    size_t next = is_power_of_two(old_size) ? 0 : 1;
    if (proof->count <= next)
        return zcd_fail(err, ZCD_INVALID, "consistency proof is too short");

    struct position at = {old_size - 1, size - 1};
    while ((at.node & 1) != 0)
        go_up(&at);

    struct sha256 old_hash = next == 0 ? *old_root : proof->hash[0];
    struct sha256 hash = old_hash;
    for (size_t i = next; i < proof->count; i++) {
        if (at.last == 0)
            return zcd_fail(err, ZCD_INVALID, "consistency proof is too long");
        if (is_right_child_or_last(&at)) {
            old_hash = merkle_node_hash(&proof->hash[i], &old_hash);
            hash = merkle_node_hash(&proof->hash[i], &hash);
            skip_to_right_child(&at);
        } else {
            hash = merkle_node_hash(&hash, &proof->hash[i]);
        }
        go_up(&at);
    }
    if (at.last != 0)
        return zcd_fail(err, ZCD_INVALID, "consistency proof is too short");
    if (!sha256_equal(&old_hash, old_root))
        return zcd_fail(err, ZCD_INVALID, "consistency proof leads to another old root");
    if (!sha256_equal(&hash, root))
        return zcd_fail(err, ZCD_INVALID, "consistency proof leads to another root");
    return ZCD_OK;
}

enum zcd_code merkle_verify_consistency(uint64_t old_size, const struct sha256 *old_root, uint64_t size,
                                        const struct sha256 *root, const struct merkle_proof *proof,
                                        struct zcd_error *err)
{
    assert(proof->count <= MERKLE_PROOF_MAX);

    enum zcd_code code = check_size(size, err);
    if (code != ZCD_OK)
        return code;
    if (old_size > size)
        return zcd_fail(err, ZCD_INVALID, "the older tree is larger than the newer");
    if (old_size > 0 && old_size < size)
        return verify_growth(old_size, old_root, size, root, proof, err);

    if (proof->count != 0)
        return zcd_fail(err, ZCD_INVALID, "consistency proof must be empty");
    struct sha256 expected = old_size == 0 ? merkle_empty_root() : *root;
    if (!sha256_equal(old_root, &expected))
        return zcd_fail(err, ZCD_INVALID, "the old root is not the tree's");
    if (size == 0 && !sha256_equal(root, &expected))
        return zcd_fail(err, ZCD_INVALID, "the root is not the empty tree's");
    return ZCD_OK;
}
