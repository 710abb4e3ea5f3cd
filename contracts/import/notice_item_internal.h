/*
 * notice_item_internal.h - the items of one notice, gathered from text or JSON: which item a name means, and what it says.
 */
#ifndef CONTRACTS_IMPORT_NOTICE_ITEM_INTERNAL_H
#define CONTRACTS_IMPORT_NOTICE_ITEM_INTERNAL_H

#include "base/arena.h"
#include "base/bytes.h"
#include "contracts/import/notice_reader.h"

#include <stdbool.h>

enum notice_field {
    NOTICE_SKIPPED = 0,
    NOTICE_CONTRACT_NUMBER,
    NOTICE_CONTRACT_NAME,
    NOTICE_PROJECT_NUMBER,
    NOTICE_PROJECT_NAME,
    NOTICE_BUYER,
    NOTICE_SUPPLIER,
    NOTICE_AMOUNT,
    NOTICE_TERM,
    NOTICE_SIGNED_ON,
    NOTICE_PUBLISHED_ON,
    NOTICE_AWARDED_ON,
    NOTICE_ACCEPTED_ON,
    NOTICE_STAGE,
    NOTICE_OPINION,
    NOTICE_ACCOUNT,
    NOTICE_AGREEMENT,
    NOTICE_FIELD_COUNT
};

enum notice_rule {
#define NOTICE_RULE(name, code, severity, zh, en) NOTICE_##name##_RULE,
#include "contracts/import/notice_rules.def"
#undef NOTICE_RULE
    NOTICE_RULE_COUNT
};

struct notice_item {
    const char *name;  /* as it stands; "" while it was not said */
    const char *value; /* the same */
    uint64_t line;
};

struct notice {
    enum notice_kind kind;
    uint64_t line; /* where it begins */
    struct notice_item items[NOTICE_FIELD_COUNT];
    struct buffer all; /* every word of it, folded */
};

/*
 * The item that a name means.
 *   name     in   as it stands, with what stands in parentheses behind it or without
 *   context  in   folded heading above; ""
 *   field    out  written only when the answer is true
 */
bool notice_field_find(const char *name, const char *context, enum notice_field *field);

/* Which kind a title speaks of. */
enum notice_kind notice_kind_of(const char *title);

/* Gather one item; says so when it was said before and differently. Texts are copied. */
enum zcd_code notice_take(struct notice *notice, enum notice_field field, const char *name, const char *value, uint64_t line,
                          const struct import_sink *sink, struct arena *arena, struct zcd_error *err) ZCD_MUST_USE;

enum zcd_code notice_report(const struct import_sink *sink, enum notice_rule rule, uint64_t line, const char *field, const char *value,
                            struct zcd_error *err) ZCD_MUST_USE;

/* The first day at or behind a place of a text, in any form of statement_date_parse without a time; NULL: there is none.
 * Returns the place behind it. */
const char *notice_find_date(const char *text, struct date *date);

/*
 * An amount in yuan or, where the text behind the number or else the name say so, in units of ten thousand yuan. Foreign money is none.
 *   says_unit  out  false: neither name nor text name a unit, and yuan are taken. Written only when the answer is true
 */
bool notice_amount_parse(const char *name, const char *text, int64_t *fen, bool *says_unit);

#endif
