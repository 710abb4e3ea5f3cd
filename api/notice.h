/*
 * notice.h - what the process says about itself: one JSON object a line on standard error.
 *
 * For operators. No personal data, nothing of a dossier, no secret: ids, routes, counts, durations, our own messages.
 * A line is one write(2), so that lines of several threads do not mix. Thread: any.
 */
#ifndef API_NOTICE_H
#define API_NOTICE_H

#include "base/bytes.h"

#include <stdint.h>

/* A line on its way. Start with notice_begin; notice_write ends it. */
struct notice {
    struct buffer line;
};

void notice_begin(struct notice *notice, const char *event); /* with the time */
void notice_text(struct notice *notice, const char *name, const char *value);
void notice_integer(struct notice *notice, const char *name, int64_t value);
void notice_json(struct notice *notice, struct bytes members); /* "a":1,"b":2; may be empty */
void notice_write(struct notice *notice);

/* The common ones in one call; value may be NULL to leave it away. */
void notice(const char *event, const char *name, const char *value);

#endif
