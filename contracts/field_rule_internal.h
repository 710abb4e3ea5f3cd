/*
 * field_rule_internal.h - what one member of a fact must satisfy by itself, as tables.
 *
 * Rules between members stand in the check of each noun. Pure. Thread: any.
 */
#ifndef CONTRACTS_FIELD_RULE_INTERNAL_H
#define CONTRACTS_FIELD_RULE_INTERNAL_H

#include "base/date.h"
#include "base/error_list.h"
#include "contracts/codelist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
    FIELD_ID = 1,    /* const char *: 1 to DOSSIER_ID_SIZE_MAX printable ASCII characters */
    FIELD_NAME,      /* const char *: 1 to DOSSIER_NAME_SIZE_MAX bytes of UTF-8 without control characters */
    FIELD_TITLE,     /* the same, to DOSSIER_TITLE_SIZE_MAX */
    FIELD_NOTE,      /* the same, to DOSSIER_NOTE_SIZE_MAX, with line breaks and tabs */
    FIELD_CODE,      /* enum in `codes` */
    FIELD_AMOUNT,    /* int64_t fen, min to MONEY_FEN_MAX */
    FIELD_PPM,       /* int64_t, 0 to DOSSIER_EXPERIENCE_PPM_MAX */
    FIELD_COUNT,     /* int32_t, min to max */
    FIELD_DATE,
    FIELD_PAST_DATE  /* a date not after as_of */
};

/* An optional member may be "", 0 (code), DOSSIER_FEN_NONE, DOSSIER_COUNT_NONE or DATE_NONE. */
struct field_rule {
    const char *name;
    enum field_kind kind;
    size_t offset;
    bool optional;
    int64_t min;
    int64_t max;
    const struct codelist *codes;
};

/* A row: the struct, its member, its kind, then .optional, .min, .max, .codes as needed. */
#define FIELD_RULE(struct_, member_, kind_, ...)                                                                       \
    {.name = #member_, .kind = FIELD_##kind_, .offset = offsetof(struct_, member_), __VA_ARGS__}

/*
 * Check the members of one record in the order of the rules.
 *   record  in  the struct that the rules' offsets are of
 *   place   in  the record's; what is refused is added at its members
 */
void field_rules_check(const struct field_rule *rules, size_t rule_count, const void *record, struct date as_of,
                       const struct error_place *place);

#define FIELD_RULES_CHECK(rules_, record_, as_of_, place_)                                                            \
    field_rules_check((rules_), sizeof(rules_) / sizeof(*(rules_)), (record_), (as_of_), (place_))

/* Refuse a text as one of the first four kinds; the pointer is left empty. */
enum zcd_code field_text_check(const char *text, enum field_kind kind, struct zcd_error *err) ZCD_MUST_USE;

#endif
