/*
 * tile_folder.h - a log as a folder of files, laid out as c2sp.org/tlog-tiles serves it: checkpoint, tile/0/000, ...
 *
 * A file appears whole or not at all (written beside, then renamed); the checkpoint goes in last, so that what it implies
 * is there. Reading trusts nothing but the sizes of files: what they hold is the reader's to check. Thread: any, one
 * writer at a time for a folder.
 */
#ifndef AUDIT_TILE_FOLDER_H
#define AUDIT_TILE_FOLDER_H

#include "audit/sha256.h"
#include "audit/tile.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdint.h>

/*
 * Append a tile's or bundle's bytes. A partial one that is not there is cut from the full one or from a
 * wider partial one, if there is any.
 * ZCD_NOT_FOUND; ZCD_UNAVAILABLE when it cannot be read; ZCD_CORRUPT when a hash tile has not 32 bytes for each hash, or
 * a bundle not so many whole entries.
 */
enum zcd_code tile_folder_read(const char *folder, const struct tile *tile, struct buffer *bytes,
                               struct zcd_error *err) ZCD_MUST_USE;

/* Write a tile's or bundle's bytes, folders and all. ZCD_UNAVAILABLE. */
enum zcd_code tile_folder_write(const char *folder, const struct tile *tile, struct bytes bytes,
                                struct zcd_error *err) ZCD_MUST_USE;

/*
 * A document that records name, as documents/SHA256 beside the tiles: not of tlog-tiles, but of a copy that is to be whole.
 * ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT when the file does not have that digest.
 */
enum zcd_code tile_folder_read_document(const char *folder, const struct sha256 *digest, struct buffer *bytes,
                                        struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code tile_folder_write_document(const char *folder, const struct sha256 *digest, struct bytes bytes,
                                         struct zcd_error *err) ZCD_MUST_USE;

/* Append the checkpoint's note. ZCD_NOT_FOUND; ZCD_UNAVAILABLE; ZCD_CORRUPT when it is larger than a note can be. */
enum zcd_code tile_folder_read_checkpoint(const char *folder, struct buffer *note, struct zcd_error *err) ZCD_MUST_USE;

/* Bring all that was written to disk, then write the checkpoint, then that. ZCD_UNAVAILABLE. */
enum zcd_code tile_folder_write_checkpoint(const char *folder, struct bytes note, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The root of the first `size` leaves, from the fewest tiles that it needs; nothing is said about the others.
 * ZCD_NOT_FOUND when a tile is missing; else as tile_folder_read.
 */
enum zcd_code tile_folder_root(const char *folder, uint64_t size, struct sha256 *root,
                               struct zcd_error *err) ZCD_MUST_USE;

#endif
