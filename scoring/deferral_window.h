/*
 * deferral_window.h - the policies under which a deferral does not by itself lower a loan's classification.
 *
 * Renewal, deferral and restructuring are three different events. A deferral outside of such a window is a restructuring
 * (measures on risk classification, order No. 1 of 2023, chapter 3). The list is deferral_windows.def. Pure. Thread: any.
 */
#ifndef SCORING_DEFERRAL_WINDOW_H
#define SCORING_DEFERRAL_WINDOW_H

#include "scoring/law.h"

struct deferral_window {
    int number;
    const char *name;           /* as it stands in the decision document */
    struct law law;             /* in force: the days on which a deferral could be agreed */
    int32_t due_from, due_to;   /* YYYYMMDD: the days that could be deferred */
    int32_t latest;             /* YYYYMMDD: how far; LAW_OPEN where no day was named */
};

/*
 * The first of the list under which a deferral agreed on that day could move what falls due on `from` to `to`; NULL: none.
 * Static.
 */
const struct deferral_window *deferral_window_find(struct date agreed_on, struct date from, struct date to);

#endif
