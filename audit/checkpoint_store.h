/*
 * checkpoint_store.h - the newest signed checkpoint, kept outside the database: one file for each log key.
 *
 * It is what a restored database is measured against, so it must live where a restore of the database does not reach:
 * another volume, best another machine's. Every process that signs with the key uses the same file. What it promises:
 *   - durable on return: file and folder are synced before a replacement is acknowledged;
 *   - atomic: a reader, or a crash at any point, finds the old note or the new one, whole;
 *   - compare-and-set: a replacement succeeds only under the lock, only on what was read, and only with a larger tree;
 *   - a replacement that fails may be kept or not: whoever needs to know reads again.
 * The file is the signed note itself. The lock is a second file beside it, PATH.lock (flock; a network file system must
 * carry flock). It may not be lost: see log.h.
 * Thread: an object belongs to one thread at a time; several objects and processes may share the file.
 */
#ifndef AUDIT_CHECKPOINT_STORE_H
#define AUDIT_CHECKPOINT_STORE_H

#include "audit/checkpoint.h"
#include "audit/note.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct checkpoint_store;

/*
 *   path   in   copied; its folder exists and is writable
 *   vkey   in   whose signature and origin the file must have; copied
 *   store  out  handed over; release with checkpoint_store_close
 *
 * ZCD_UNAVAILABLE when the lock file cannot be opened. The note itself need not exist.
 */
enum zcd_code checkpoint_store_open(const char *path, const struct note_vkey *vkey, struct checkpoint_store **store,
                                    struct zcd_error *err) ZCD_MUST_USE;
void checkpoint_store_close(struct checkpoint_store *store); /* NULL is fine; lets go of the lock */

/*
 * The newest checkpoint; a new read of the file each time, verified again only when its bytes have changed.
 *
 *   note  out  borrowed until the next call on this store; NULL when not wanted
 *
 * ZCD_NOT_FOUND when there is no file; ZCD_UNAVAILABLE when it cannot be read; ZCD_CORRUPT when it is not a note signed
 * by the key for its origin.
 */
enum zcd_code checkpoint_store_read(struct checkpoint_store *store, struct checkpoint *checkpoint, struct bytes *note,
                                    struct zcd_error *err) ZCD_MUST_USE;

/* Wait for the lock, at most wait_ms. ZCD_UNAVAILABLE when another holds it longer. */
enum zcd_code checkpoint_store_lock(struct checkpoint_store *store, int32_t wait_ms,
                                    struct zcd_error *err) ZCD_MUST_USE;
void checkpoint_store_unlock(struct checkpoint_store *store);

/*
 * Replace the checkpoint. The caller holds the lock.
 *
 *   expected  in  what checkpoint_store_read gave under this lock; NULL for no file
 *   note      in  the new checkpoint, signed by the key for its origin
 *
 * ZCD_CONFLICT when the file holds something else than expected, or the new tree is not larger; ZCD_INVALID when the
 * note is not what it should be; ZCD_UNAVAILABLE when it could not be written: the file then holds the old note or the
 * new one.
 */
enum zcd_code checkpoint_store_replace(struct checkpoint_store *store, const struct checkpoint *expected,
                                       struct bytes note, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Add a line by another key to the note that is there, after the log's key was rotated (rotation.h): so that whoever trusts
 * the new key can read it. The tree is the same. The caller holds the lock.
 *
 * ZCD_NOT_FOUND, ZCD_CORRUPT as checkpoint_store_read; ZCD_UNAVAILABLE when it could not be signed or written.
 */
enum zcd_code checkpoint_store_add_signature(struct checkpoint_store *store, const struct signature_key *key,
                                             struct zcd_error *err) ZCD_MUST_USE;

#endif
