/* counterfactual_lever.h - names of what an applicant can change; the list is counterfactual_levers.def. Pure. Thread: any. */
#ifndef SCORING_COUNTERFACTUAL_LEVER_H
#define SCORING_COUNTERFACTUAL_LEVER_H

enum counterfactual_lever {
    COUNTERFACTUAL_NONE = 0,
#define COUNTERFACTUAL_LEVER(number, name, json, unit, zh, en) COUNTERFACTUAL_##name = number,
#include "scoring/counterfactual_levers.def"
#undef COUNTERFACTUAL_LEVER
    COUNTERFACTUAL_END
};

/* Static texts; those for people may hold {subject} and {value}. `which` is a member of the list, not NONE or END. */
const char *counterfactual_lever_name(enum counterfactual_lever which);
const char *counterfactual_lever_text_zh(enum counterfactual_lever which);
const char *counterfactual_lever_text_en(enum counterfactual_lever which);

#endif
