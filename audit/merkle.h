/*
 * merkle.h - the Merkle tree of the log: RFC 9162 section 2.1 (the same bytes as RFC 6962), SHA-256, 64-bit sizes.
 *
 * A node is named by (level, index): it is the root of the perfect subtree over the leaves
 * [index << level, (index + 1) << level). Such a node exists once its last leaf does, and never changes after.
 * All proofs are read from such nodes, in a number of look-ups that grows with the logarithm of the size.
 * Pure. Thread: any.
 */
#ifndef AUDIT_MERKLE_H
#define AUDIT_MERKLE_H

#include "audit/sha256.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define MERKLE_SIZE_MAX INT64_MAX /* leaves in a tree; c2sp.org/tlog-checkpoint forbids more */
#define MERKLE_LEVEL_MAX 62       /* of a node in a tree of that size */
#define MERKLE_PEAKS_MAX 63
#define MERKLE_PROOF_MAX 64 /* hashes: 63 for inclusion, one more for consistency */

/* RFC 9162 2.1.1: SHA-256(0x00 || leaf), SHA-256(0x01 || left || right), and SHA-256 of nothing. */
struct sha256 merkle_leaf_hash(struct bytes leaf);
struct sha256 merkle_node_hash(const struct sha256 *left, const struct sha256 *right);
struct sha256 merkle_empty_root(void);

struct merkle_node {
    int level;      /* 0 is the level of the leaf hashes */
    uint64_t index; /* within the level */
    struct sha256 hash;
};

/*
 * All that is needed to append and to know the root: the perfect subtrees that make up the tree, largest first, one for
 * each bit set in size. {0} is the empty tree. To store it, keep size and the first merkle_range_peak_count() peaks.
 */
struct merkle_range {
    uint64_t size; /* at most MERKLE_SIZE_MAX */
    struct sha256 peak[MERKLE_PEAKS_MAX];
};

int merkle_range_peak_count(const struct merkle_range *range);

/* The node that peak number `i` (0 is the largest) is: to read a range back from stored nodes. */
struct merkle_node merkle_range_peak(const struct merkle_range *range, int i);

/*
 * Append one leaf hash, and name every node that became permanent by it: the leaf itself (level 0) first, then one for
 * each level completed. On average that is two.
 *
 *   range  in/out  size below MERKLE_SIZE_MAX
 *   node   out     the first returned-number entries are written
 */
#define MERKLE_APPEND_NODES_MAX 63
int merkle_range_append(struct merkle_range *range, const struct sha256 *leaf_hash,
                        struct merkle_node node[MERKLE_APPEND_NODES_MAX]);

/* The tree's root. */
struct sha256 merkle_range_root(const struct merkle_range *range);

/*
 * How the caller finds a permanent node. Called only for nodes that a tree of the size in question has; must give
 * ZCD_OK and the hash, or any other code, which ends the work and is handed on. Which nodes are asked for, and in
 * which order, depends on the sizes alone and not on the hashes given: a store that fetches in bulk may run a
 * routine twice, first with a look-up that only notes what is asked for.
 */
typedef enum zcd_code merkle_lookup(void *context, int level, uint64_t index, struct sha256 *hash,
                                    struct zcd_error *err);

/* Hashes of a proof, in the order of RFC 9162 (the leaf's sibling first). */
struct merkle_proof {
    size_t count;
    struct sha256 hash[MERKLE_PROOF_MAX];
};

/*
 * The inclusion proof of leaf `index` in the tree of the first `size` leaves (RFC 9162 2.1.3.1).
 * ZCD_NOT_FOUND when index >= size; ZCD_INVALID when size is above MERKLE_SIZE_MAX; then whatever lookup gives.
 */
enum zcd_code merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_lookup *lookup, void *context,
                                     struct merkle_proof *proof, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The consistency proof from the first `old_size` leaves to the first `size` (RFC 9162 2.1.4.1); empty when
 * old_size is 0 or equals size. ZCD_INVALID when old_size > size or size is above MERKLE_SIZE_MAX; then lookup's.
 */
enum zcd_code merkle_prove_consistency(uint64_t old_size, uint64_t size, merkle_lookup *lookup, void *context,
                                       struct merkle_proof *proof, struct zcd_error *err) ZCD_MUST_USE;

/* The root of the first `size` leaves, from stored nodes. */
enum zcd_code merkle_root(uint64_t size, merkle_lookup *lookup, void *context, struct sha256 *root,
                          struct zcd_error *err) ZCD_MUST_USE;

/*
 * Is the leaf hash at `index` in the tree of `size` and `root`? RFC 9162 2.1.3.2, step by step.
 * ZCD_INVALID, in this order: size above MERKLE_SIZE_MAX, index not below size, a number of hashes other than the
 * one that index and size ask for, another root.
 */
enum zcd_code merkle_verify_inclusion(uint64_t index, uint64_t size, const struct sha256 *leaf_hash,
                                      const struct merkle_proof *proof, const struct sha256 *root,
                                      struct zcd_error *err) ZCD_MUST_USE;

/*
 * Does the tree of `size` and `root` begin with the tree of `old_size` and `old_root`? RFC 9162 2.1.4.2.
 * From the empty tree (where the RFC has no proof) the proof must be empty and old_root the empty root, as
 * c2sp.org/tlog-witness has it. ZCD_INVALID, in this order: a size above MERKLE_SIZE_MAX, old_size above size,
 * a wrong number of hashes, another old root, another root.
 */
enum zcd_code merkle_verify_consistency(uint64_t old_size, const struct sha256 *old_root, uint64_t size,
                                        const struct sha256 *root, const struct merkle_proof *proof,
                                        struct zcd_error *err) ZCD_MUST_USE;

#endif
