/*
 * notice.h - what the process says about itself: one JSON object a line on standard error.
 *
 * For operators. No personal data, nothing of a dossier, no secret: ids, routes, counts, durations, our own messages.
 * One writer for the whole process, so that lines of several threads do not mix: {"at":...,"level":...,"event":...,...}.
 * Of one event at most NOTICE_LINES_PER_SECOND are written; how many more there were is said by a line "lines_dropped"
 * when the second is over and something is said again. Thread: any.
 */
#ifndef API_NOTICE_H
#define API_NOTICE_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

enum { NOTICE_LINES_PER_SECOND = 1000 };

/* How grave an event is stands in the table of notice.c; one that is not there is information. */
enum notice_level { NOTICE_INFO, NOTICE_WARNING, NOTICE_ERROR };

/* "info", "warning", "error"; false for anything else. */
bool notice_level_parse(const char *text, enum notice_level *level);

/* Say only what is at least as grave from now on. NOTICE_INFO, that is everything, before. */
void notice_set_level(enum notice_level level);

/* Lines that were not written because of their rate, since the process began. */
int64_t notice_dropped(void);

/* A line on its way. Start with notice_begin; notice_write ends it. */
struct notice {
    const char *event;
    struct buffer line;
};

void notice_begin(struct notice *notice, const char *event); /* with time and level; event lives until notice_write */
void notice_text(struct notice *notice, const char *name, const char *value);
void notice_integer(struct notice *notice, const char *name, int64_t value);
void notice_json(struct notice *notice, struct bytes members); /* "a":1,"b":2; may be empty */
void notice_write(struct notice *notice);

/* The common ones in one call; value may be NULL to leave it away. */
void notice(const char *event, const char *name, const char *value);

#endif
