/*
 * world_encode.h - the truth of a generated world as one line of canonical JSON. Thread: any.
 *
 * Members: `dossier`, the file's name; `payers`, how each really pays; `flows`, rows of [days after as_of, kind, fen], where a
 * payday's row ends in true; `opening_fen`, `replaced_fen`, `horizon_days`; what happened to contracts; `first_shortfall_day` and
 * `need_fen` without any loan in the tenor asked; `asked`, what becomes of the loan that is asked for, without a sweep, with half of
 * what comes in on locked accounts, and with half of what could be locked.
 */
#ifndef API_CODEC_WORLD_ENCODE_H
#define API_CODEC_WORLD_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"
#include "generator/world.h"

/* The loan of `asked`. */
#define WORLD_ENCODE_RATE_BP 450
#define WORLD_ENCODE_SWEEP_SHARE_BP 5000

/*
 * Append the truth.
 *   file  in   of the dossier
 * ZCD_INVALID with the pointer of the first integer larger than 2^53 - 1 in size.
 */
enum zcd_code world_encode(const struct world *world, const char *file, struct buffer *json, struct zcd_error *err) ZCD_MUST_USE;

#endif
