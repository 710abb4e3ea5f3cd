/*
 * policy_finding.h - what is wrong with a policy, all of it: which rule, where, and the figures it is about.
 *
 * A check walks the policy, enters and leaves places as it goes, and adds what it finds; nothing stops it, so that an author
 * sees every fault at once. Texts are those of policy_rules.def; figures read the same in both languages. Pure.
 * Thread: one at a time.
 */
#ifndef SCORING_POLICY_FINDING_H
#define SCORING_POLICY_FINDING_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

#define POLICY_FINDINGS_MAX 200 /* more are counted, not kept: a policy with so many is another kind of document */

enum policy_severity { POLICY_SEVERITY_ERROR = 1, POLICY_SEVERITY_WARNING };

enum policy_rule {
    POLICY_RULE_NONE = 0,
#define POLICY_RULE(number, name, json, severity, zh, en) POLICY_RULE_##name = number,
#include "scoring/policy_rules.def"
#undef POLICY_RULE
    POLICY_RULE_END
};

/* Static texts. `rule` is a member of the list, not NONE or END. */
const char *policy_rule_name(enum policy_rule rule);
const char *policy_rule_text_zh(enum policy_rule rule);
const char *policy_rule_text_en(enum policy_rule rule);
enum policy_severity policy_rule_severity(enum policy_rule rule);

struct policy_finding {
    enum policy_rule rule;
    const char *pointer; /* RFC 6901, into the policy document; in the arena */
    const char *figures; /* "12000 > 10000"; "" where the rule says it all; in the arena */
};

struct policy_findings {
    struct arena *arena;
    struct policy_finding rows[POLICY_FINDINGS_MAX]; /* as found: in the order of the document's sections */
    size_t count;
    size_t left_out;    /* found beyond that */
    size_t error_count; /* of all, those that refuse the policy */
    char place[256];    /* where the walk stands; a name that would not fit is cut */
    size_t place_size;
};

/* No findings, at the root of the document. The arena holds their texts. */
void policy_findings_init(struct policy_findings *findings, struct arena *arena);

/* Step into a member or a row of the place in hand; the result is for policy_findings_leave. */
size_t policy_findings_enter(struct policy_findings *findings, const char *name);
size_t policy_findings_enter_row(struct policy_findings *findings, size_t row);
void policy_findings_leave(struct policy_findings *findings, size_t entered);

/*
 * Add one.
 *
 *   member   in  of the place in hand, or NULL: the place itself
 *   figures  in  printf format of what the rule is about, or POLICY_NO_FIGURES
 */
#define POLICY_NO_FIGURES "%s", ""
void policy_find(struct policy_findings *findings, enum policy_rule rule, const char *member, const char *figures, ...)
    ZCD_PRINTF(4, 5);

/* The same for a row of a table of the place in hand; member NULL: the row itself. */
void policy_find_in_row(struct policy_findings *findings, enum policy_rule rule, const char *table, size_t row,
                        const char *member, const char *figures, ...) ZCD_PRINTF(6, 7);

/* ZCD_OK where there is no error, or ZCD_INVALID with the pointer and English text of the first. */
enum zcd_code policy_findings_refuse(const struct policy_findings *findings, struct zcd_error *err) ZCD_MUST_USE;

#endif
