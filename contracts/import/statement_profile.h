/*
 * statement_profile.h - how one bank writes its statements: which column holds what, as data.
 *
 * data/reference/statement_profiles/ holds one file a bank, with the source of its column names; they are compiled in.
 * Texts of a profile are folded (contracts/folded_text.h). Thread: any.
 */
#ifndef CONTRACTS_IMPORT_STATEMENT_PROFILE_H
#define CONTRACTS_IMPORT_STATEMENT_PROFILE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>

/* What a line of a statement says. Each has a member of the same name in a profile's "columns". */
enum statement_column {
    STATEMENT_DATE = 0,
    STATEMENT_IN,        /* money that came in: the bank's credit side (贷方) */
    STATEMENT_OUT,       /* money that went out: debit (借方) */
    STATEMENT_AMOUNT,    /* either, told apart by direction, or by its sign */
    STATEMENT_DIRECTION,
    STATEMENT_PAYER_NAME,
    STATEMENT_NOTE,      /* all of these columns that are there, joined */
    STATEMENT_ID,
    STATEMENT_ACCOUNT,
    STATEMENT_CURRENCY,
    STATEMENT_BALANCE,
    STATEMENT_COLUMN_COUNT
};

#define STATEMENT_NAMES_MAX 16 /* other names of one column, or words of one list */

struct statement_words {
    size_t count;
    const char *words[STATEMENT_NAMES_MAX];
};

struct statement_profile {
    const char *name; /* of the file, a-z 0-9 _ */
    const char *bank_zh, *bank_en;
    const char *source; /* where the names come from, and what of them is reconstructed */
    struct statement_words columns[STATEMENT_COLUMN_COUNT]; /* the first that a heading has counts */
    struct statement_words in_words, out_words;             /* of the direction */
    struct statement_words account_labels;                  /* before the heading: label, then the account's number */
    struct statement_words footer_words;                    /* a line that begins with one is no transaction */
};

/*
 * Read a profile document.
 *
 *   text     in   JSON, at most 64 KiB; not kept
 *   arena    in   the profile lives there
 *   profile  out
 *
 * ZCD_INVALID with a pointer: no JSON, an unknown or missing member, a word that is empty, too long or one too many; then a
 * profile without date or payer_name, or with neither amount nor both in and out.
 */
enum zcd_code statement_profile_decode(struct bytes text, struct arena *arena, struct statement_profile *profile,
                                       struct zcd_error *err) ZCD_MUST_USE;

/* The profiles that are compiled in, by name. A NULL text stands behind the last. */
struct statement_profile_file {
    const char *name;
    const unsigned char *text;
    size_t size;
};
extern const struct statement_profile_file STATEMENT_PROFILE_FILES[];
extern const size_t STATEMENT_PROFILE_FILE_COUNT;

/*
 * Decode those that are compiled in.
 *
 *   name      in   of the only one to give; NULL for all
 *   profiles  out  in the arena
 *
 * ZCD_NOT_FOUND when there is none of that name.
 */
enum zcd_code statement_profile_load(const char *name, struct arena *arena, const struct statement_profile **profiles, size_t *count,
                                     struct zcd_error *err) ZCD_MUST_USE;

#endif
