/*
 * reason_code.h - the ordered list of everything that a decision may give as a reason, strength, condition or document, with
 * its texts in two languages. Pure. Thread: any.
 */
#ifndef SCORING_REASON_CODE_H
#define SCORING_REASON_CODE_H

#include <stddef.h>

/* REASON(number, NAME, json, zh, en): reason_codes.def; a row's place is its precedence. Texts may hold {subject} and {value}. */
enum reason_code {
    REASON_NONE = 0,
#define REASON(number, name, json, zh, en) REASON_##name = number,
#include "scoring/reason_codes.def"
#undef REASON
    REASON_END
};

/* A row's number is one of these and the number of the rule, the bound or the characteristic that it speaks of. */
enum {
    REASON_STOP_BASE = 100,
    REASON_RENEWAL_BASE = 220,
    REASON_DEFERRAL_BASE = 240,
    REASON_BOUND_BASE = 300,
    REASON_LOST_BASE = 600,
    REASON_STRENGTH_BASE = 700
};

/* The code's name as it stands in the decision document. */
const char *reason_code_name(enum reason_code code);

/* The list in its order: how many rows, and the code at a place. */
size_t reason_code_count(void);
enum reason_code reason_code_at(size_t place);

/* The row's texts, with {subject} and {value} where those are put in. */
const char *reason_code_text_zh(enum reason_code code);
const char *reason_code_text_en(enum reason_code code);

#endif
