/*
 * spool.h - bodies too large for memory, each in a file of its own, that go when nobody has kept them.
 *
 * On the loop's thread, but for spool_keep and spool_list_kept.
 */
#ifndef API_HTTP_SPOOL_H
#define API_HTTP_SPOOL_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;

/* The file of one body: body-XXXXXX in the directory, for its owner only. All zeros: there is none. */
struct spooled {
    int fd;
    const char *path; /* in the arena of spool_begin */
    uint64_t size;    /* that is announced, and counted */
};

/*
 * Take a directory for files; other processes may use it too. Bodies of processes that died, nobody having written to them for
 * a day, are removed.
 *
 *   directory       in   borrowed
 *   size_total_max  in   bytes that may be announced at once by bodies that were neither kept nor removed yet
 *   spool           out  handed over; release with spool_close
 *
 * ZCD_INVALID when no file can be made in the directory.
 */
enum zcd_code spool_open(const char *directory, uint64_t size_total_max, struct spool **spool, struct zcd_error *err) ZCD_MUST_USE;

void spool_close(struct spool *spool); /* NULL is fine */

/* A new file for a body of that size. False: there is no room for it, or the file cannot be made. */
bool spool_begin(struct spool *spool, uint64_t size, struct arena *arena, struct spooled *spooled);

/* Close and remove it, unless it was kept. No harm when there is none. */
void spool_remove(struct spool *spool, struct spooled *spooled);

/*
 * Keep the file of a request beyond its exchange, under another name beside it; its maker's from then on. Written to disk
 * before this returns, so that a row which names it can be believed. Any thread; a handler calls it at most once.
 *
 *   path   in   the request's body_path
 *   arena  in   holds the new path
 *   kept   out  the new path
 *
 * ZCD_UNAVAILABLE when the disk will not have it.
 */
enum zcd_code spool_keep(const char *path, struct arena *arena, const char **kept, struct zcd_error *err) ZCD_MUST_USE;

/*
 * The files that were kept in a directory and have not been written to for so long: whoever knows what was made of them may
 * remove the rest. Any thread.
 *
 *   paths  out  at most 1,000, in the arena; none when the directory cannot be read
 */
void spool_list_kept(const char *directory, int64_t age_s, struct arena *arena, const char ***paths, size_t *count);

#endif
