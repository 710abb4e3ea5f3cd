#include "audit/tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 1000, LENGTH_SIZE = 2 };

static_assert(TILE_WIDTH == 1 << TILE_HEIGHT, "a tile is a perfect subtree");
static_assert(TILE_LEVELS * TILE_HEIGHT >= MERKLE_LEVEL_MAX + 1, "every node stands in a tile");

static int hash_level(int level)
{
    return level == TILE_ENTRIES ? 0 : level;
}

int tile_width_at(int level, uint64_t index, uint64_t size)
{
    uint64_t hashes = size >> (TILE_HEIGHT * hash_level(level));

    if (index > MERKLE_SIZE_MAX / TILE_WIDTH || hashes <= index * TILE_WIDTH)
        return 0;
    uint64_t width = hashes - index * TILE_WIDTH;
    return width >= TILE_WIDTH ? TILE_WIDTH : (int)width;
}

/* ------------------------------------------------------------------ paths */

/* "x001/x234/067": groups of three digits, all but the last with an x before them. Returns the number of characters. */
static int format_index(uint64_t index, char *text, size_t size)
{
    if (index < GROUP)
        return snprintf(text, size, "%03" PRIu64, index);

    char last[8];
    (void)snprintf(last, sizeof last, "/%03d", (int)(index % GROUP));
    uint64_t groups[8];
    size_t count = 0;
    for (uint64_t rest = index / GROUP; rest > 0; rest /= GROUP)
        groups[count++] = rest % GROUP;
    int used = 0;
    while (count > 0) {
        count--;
        used += snprintf(text + used, size - (size_t)used, "%sx%03d", used == 0 ? "" : "/", (int)groups[count]);
    }
    return used + snprintf(text + used, size - (size_t)used, "%s", last);
}

const char *tile_path_format(const struct tile *tile, char text[TILE_PATH_SIZE])
{
    assert(tile->level >= TILE_ENTRIES && tile->level < TILE_LEVELS);
    assert(tile->index <= MERKLE_SIZE_MAX / TILE_WIDTH);
    assert(tile->width > 0 && tile->width <= TILE_WIDTH);

    int used = tile->level == TILE_ENTRIES ? snprintf(text, TILE_PATH_SIZE, "tile/entries/")
                                           : snprintf(text, TILE_PATH_SIZE, "tile/%d/", tile->level);
    used += format_index(tile->index, text + used, TILE_PATH_SIZE - (size_t)used);
    if (tile->width < TILE_WIDTH)
        used += snprintf(text + used, TILE_PATH_SIZE - (size_t)used, ".p/%d", tile->width);
    assert(used < TILE_PATH_SIZE);
    return text;
}

/* Decimal digits, as far as they go; at most nine, so that they cannot overflow. */
static const char *read_number(const char *text, int64_t *value)
{
    int digits = 0;

    for (*value = 0; digits < 9 && text[digits] >= '0' && text[digits] <= '9'; digits++)
        *value = *value * 10 + (text[digits] - '0');
    return text + digits;
}

static const char *read_level(const char *text, int *level)
{
    int64_t number;

    if (strncmp(text, "entries/", strlen("entries/")) == 0) {
        *level = TILE_ENTRIES;
        return text + strlen("entries");
    }
    text = read_number(text, &number);
    *level = number < TILE_LEVELS ? (int)number : TILE_LEVELS;
    return text;
}

static const char *read_index(const char *text, uint64_t *index)
{
    int64_t group;
    bool goes_on;

    *index = 0;
    do {
        text++; /* the slash */
        goes_on = *text == 'x';
        text = read_number(goes_on ? text + 1 : text, &group);
        *index = *index * GROUP + (uint64_t)(group % GROUP);
    } while (goes_on && *text == '/');
    return text;
}

/* Read loosely, then compare with the one form that there is: whatever was wrong comes out different. */
enum zcd_code tile_path_parse(const char *text, struct tile *tile, struct zcd_error *err)
{
    static const char PREFIX[] = "tile/";
    struct tile read = {.width = TILE_WIDTH};
    char again[TILE_PATH_SIZE];
    int64_t width = TILE_WIDTH;

    if (strnlen(text, TILE_PATH_SIZE) == TILE_PATH_SIZE || strncmp(text, PREFIX, strlen(PREFIX)) != 0)
        return zcd_fail(err, ZCD_INVALID, "not the path of a tile");
    const char *rest = read_level(text + strlen(PREFIX), &read.level);
    if (read.level < TILE_LEVELS && *rest == '/') {
        rest = read_index(rest, &read.index);
        if (strncmp(rest, ".p/", 3) == 0) {
            (void)read_number(rest + 3, &width);
            if (width == TILE_WIDTH) /* which is written without */
                width = 0;
        }
        if (width > 0 && width <= TILE_WIDTH && read.index <= MERKLE_SIZE_MAX / TILE_WIDTH) {
            read.width = (int)width;
            if (strcmp(tile_path_format(&read, again), text) == 0) {
                *tile = read;
                return ZCD_OK;
            }
        }
    }
    return zcd_fail(err, ZCD_INVALID, "not the path of a tile");
}

/* ------------------------------------------------------------------ hashes */

struct tile tile_of_node(int level, uint64_t index, uint64_t size, int *first, int *count)
{
    int tile_level = level / TILE_HEIGHT;
    int height = level % TILE_HEIGHT;
    uint64_t place = index << height; /* of its first hash within the level */
    uint64_t tile_index = place / TILE_WIDTH;

    assert((index + 1) << level <= size);
    *first = (int)(place % TILE_WIDTH);
    *count = 1 << height;
    return (struct tile){tile_level, tile_index, tile_width_at(tile_level, tile_index, size)};
}

struct sha256 tile_root(const struct sha256 *hash, int count)
{
    struct sha256 row[TILE_WIDTH];

    assert(count > 0 && count <= TILE_WIDTH && (count & (count - 1)) == 0);
    memcpy(row, hash, (size_t)count * sizeof *row);
    for (; count > 1; count /= 2) {
        for (int i = 0; i < count / 2; i++)
            row[i] = merkle_node_hash(&row[2 * i], &row[2 * i + 1]);
    }
    return row[0];
}

/* ------------------------------------------------------------------ entries */

void tile_append_entry(struct buffer *bundle, struct bytes leaf)
{
    assert(leaf.size <= TILE_ENTRY_SIZE_MAX);
    const uint8_t length[LENGTH_SIZE] = {(uint8_t)(leaf.size >> 8), (uint8_t)(leaf.size & 0xff)};
    buffer_append(bundle, length, sizeof length);
    buffer_append(bundle, leaf.data, leaf.size);
}

enum zcd_code tile_next_entry(struct bytes *bundle, struct bytes *leaf, struct zcd_error *err)
{
    if (bundle->size == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the bundle has no further entry");
    size_t length = bundle->size < LENGTH_SIZE ? 0 : (size_t)bundle->data[0] << 8 | bundle->data[1];
    if (bundle->size < LENGTH_SIZE || bundle->size - LENGTH_SIZE < length)
        return zcd_fail(err, ZCD_INVALID, "the bundle ends within an entry");
    *leaf = (struct bytes){bundle->data + LENGTH_SIZE, length};
    bundle->data += LENGTH_SIZE + length;
    bundle->size -= LENGTH_SIZE + length;
    return ZCD_OK;
}

enum zcd_code tile_first_entries(struct bytes bundle, int width, struct bytes *first, struct zcd_error *err)
{
    struct bytes rest = bundle;
    struct bytes leaf;

    for (int i = 0; i < width; i++) {
        enum zcd_code code = tile_next_entry(&rest, &leaf, err);
        if (code != ZCD_OK)
            return zcd_fail(err, ZCD_INVALID, "the bundle has %d whole entries, not %d", i, width);
    }
    *first = (struct bytes){bundle.data, bundle.size - rest.size};
    return ZCD_OK;
}
