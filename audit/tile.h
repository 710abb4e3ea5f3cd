/*
 * tile.h - the log cut into tiles and entry bundles, as c2sp.org/tlog-tiles serves it: names, sizes, bytes.
 *
 * Tile (level, index) has up to 256 hashes; hash i of it is the root of the perfect subtree over the leaves
 * [(index * 256 + i) * 256^level, (index * 256 + i + 1) * 256^level). Level 0 are the leaf hashes. A tile with all 256
 * never changes; a partial one is the beginning of the tile of the same name, so no byte of it ever changes either.
 * An entry bundle holds the leaves themselves, each behind its length in two bytes. Pure. Thread: any.
 */
#ifndef AUDIT_TILE_H
#define AUDIT_TILE_H

#include "audit/merkle.h"
#include "audit/sha256.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define TILE_HEIGHT 8
#define TILE_WIDTH 256
#define TILE_LEVELS 8 /* that a tree of MERKLE_SIZE_MAX leaves has; level 7 stays below 128 hashes */
#define TILE_SIZE (TILE_WIDTH * SHA256_SIZE)
#define TILE_ENTRY_SIZE_MAX 65535 /* of a leaf: its length has two bytes */
#define TILE_PATH_SIZE 48         /* "tile/entries/x036/x028/x797/x018/x963/967.p/255" and NUL */

enum { TILE_ENTRIES = -1 }; /* in place of a level: the entry bundle, cut like level 0 */

struct tile {
    int level;      /* 0 to TILE_LEVELS - 1, or TILE_ENTRIES */
    uint64_t index; /* at most MERKLE_SIZE_MAX / TILE_WIDTH */
    int width;      /* 1 to TILE_WIDTH */
};

/* How many hashes (or entries) the tile has in the tree of `size` leaves; 0 when there is no such tile. */
int tile_width_at(int level, uint64_t index, uint64_t size);

/* "tile/0/x001/x234/067", "tile/entries/000.p/17": the path below the log's prefix; returns text. */
const char *tile_path_format(const struct tile *tile, char text[TILE_PATH_SIZE]);

/*
 * Read that path; only the one canonical form is accepted.
 * ZCD_INVALID: another form, a level or index that no tree can have, a width of 0, 256 or more.
 */
enum zcd_code tile_path_parse(const char *text, struct tile *tile, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Where a permanent node of the tree (merkle.h) stands: the root of hashes [first, first + count) of a tile.
 *   level, index  in  of the node
 *   size          in  of the tree, which has that node
 *   first, count  out count is a power of two
 * Returns the tile with the width that it has in that tree.
 */
struct tile tile_of_node(int level, uint64_t index, uint64_t size, int *first, int *count);

/* The root over `count` hashes, a power of two. */
struct sha256 tile_root(const struct sha256 *hash, int count);

/* Append an entry to a bundle. leaf: at most TILE_ENTRY_SIZE_MAX bytes. */
void tile_append_entry(struct buffer *bundle, struct bytes leaf);

/*
 * Take the next entry off the front of a bundle.
 *   bundle  in/out  what is left
 *   leaf    out     borrowed from the bundle
 * ZCD_NOT_FOUND at the end; ZCD_INVALID when the bytes end within an entry.
 */
enum zcd_code tile_next_entry(struct bytes *bundle, struct bytes *leaf, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The first `width` entries of a bundle, as bytes borrowed from it.
 * ZCD_INVALID when it has fewer, or ends within one of them.
 */
enum zcd_code tile_first_entries(struct bytes bundle, int width, struct bytes *first,
                                 struct zcd_error *err) ZCD_MUST_USE;

#endif
