#include "scoring/deferral_window.h"

#include <stddef.h>

static const struct deferral_window WINDOWS[] = {
#define DEFERRAL_WINDOW(number, json, agreed_from, agreed_to, due_from, due_to, latest, zh, en)                        \
    {number, json, {agreed_from, agreed_to, zh, en}, due_from, due_to, latest},
#include "scoring/deferral_windows.def"
#undef DEFERRAL_WINDOW
};

const struct deferral_window *deferral_window_find(struct date agreed_on, struct date from, struct date to)
{
    for (size_t i = 0; i < sizeof WINDOWS / sizeof *WINDOWS; i++) {
        const struct deferral_window *window = &WINDOWS[i];
        if (law_is_in_force(&window->law, agreed_on) && law_holds(window->due_from, window->due_to, from) &&
            law_holds(0, window->latest, to))
            return window;
    }
    return NULL;
}
