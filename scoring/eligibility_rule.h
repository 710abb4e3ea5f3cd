/* eligibility_rule.h - names of the hard stops; the list is eligibility_rules.def. Pure. Thread: any. */
#ifndef SCORING_ELIGIBILITY_RULE_H
#define SCORING_ELIGIBILITY_RULE_H

enum eligibility_rule {
    ELIGIBILITY_NONE = 0,
#define ELIGIBILITY_RULE(number, name, json, zh, en) ELIGIBILITY_##name = number,
#include "scoring/eligibility_rules.def"
#undef ELIGIBILITY_RULE
    ELIGIBILITY_END
};

/* Static texts. `which` is a member of the list, not NONE or END. */
const char *eligibility_rule_name(enum eligibility_rule which);
const char *eligibility_rule_text_zh(enum eligibility_rule which);
const char *eligibility_rule_text_en(enum eligibility_rule which);

#endif
