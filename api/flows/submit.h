/*
 * submit.h - put one record into the log and wait until it is signed: for commands, which have nothing else to do.
 *
 * Thread: any but the log's own.
 */
#ifndef API_FLOWS_SUBMIT_H
#define API_FLOWS_SUBMIT_H

#include "audit/log.h"
#include "base/error.h"

#include <stdint.h>

/* Fill in a fresh nonce and the actor of what a person or the service itself does at the machine. */
void submit_prepare(struct record *record, enum record_kind kind, const char *actor_id, const char *role);

/* user and done are this function's own. The codes of log_submit, then those of an entry's answer. */
enum zcd_code submit_and_wait(struct log *log, struct log_entry *entry, uint64_t *index,
                              struct zcd_error *err) ZCD_MUST_USE;

#endif
