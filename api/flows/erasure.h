/*
 * erasure.h - free text and personal data: put into the log as commitments, read, and erased on record.
 *
 * Thread: any but the log's own; each waits for the log.
 */
#ifndef API_FLOWS_ERASURE_H
#define API_FLOWS_ERASURE_H

#include "audit/log.h"
#include "audit/sha256.h"
#include "base/error.h"

#include <stdint.h>

struct db;

/*
 * Record that the log is exported from a leaf on, and why: the text itself can be erased later.
 *   reason  in  up to COMMITMENT_VALUE_SIZE_MAX bytes of UTF-8; NULL when none is given
 */
enum zcd_code erasure_record_export(struct log *log, uint64_t from, const char *reason, uint64_t *index,
                                    struct zcd_error *err) ZCD_MUST_USE;

/*
 * Erase the value behind a commitment, in the transaction of the record that says so.
 *   basis  in   why: a code as in records, e.g. "pipl_47" (Personal Information Protection Law, article 47)
 *   index  out  of that record
 * ZCD_NOT_FOUND when there is none, or not any more; ZCD_INVALID for a basis that is no code.
 */
enum zcd_code erasure_record(struct log *log, struct db *db, const struct sha256 *commitment, const char *basis,
                             uint64_t *index, struct zcd_error *err) ZCD_MUST_USE;

/* What the transaction of an erasure's record does: see log_insert_rows and log_restore_rows. */
enum zcd_code erasure_erase_rows(struct db *db, const struct record *record, struct zcd_error *err) ZCD_MUST_USE;

#endif
