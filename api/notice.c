#include "api/notice.h"

#include "api/clock.h"
#include "audit/canonical_json.h"
#include "audit/record.h"

#include <unistd.h>

void notice_begin(struct notice *notice, const char *event)
{
    char at[RECORD_AT_TEXT_SIZE];

    *notice = (struct notice){0};
    buffer_append_text(&notice->line, "{\"at\":");
    canonical_json_append_string(&notice->line, bytes_of_text(record_at_format(clock_now_us(), at)));
    notice_text(notice, "event", event);
}

static void append_name(struct notice *notice, const char *name)
{
    buffer_append_text(&notice->line, ",\"");
    buffer_append_text(&notice->line, name);
    buffer_append_text(&notice->line, "\":");
}

void notice_text(struct notice *notice, const char *name, const char *value)
{
    append_name(notice, name);
    canonical_json_append_string(&notice->line, bytes_of_text(value));
}

void notice_integer(struct notice *notice, const char *name, int64_t value)
{
    append_name(notice, name);
    canonical_json_append_integer(&notice->line, value);
}

void notice_json(struct notice *notice, struct bytes members)
{
    if (members.size == 0)
        return;
    buffer_append_text(&notice->line, ",");
    buffer_append(&notice->line, members.data, members.size);
}

void notice_write(struct notice *notice)
{
    buffer_append_text(&notice->line, "}\n");
    ssize_t written = write(STDERR_FILENO, notice->line.data, notice->line.size);
    (void)written; /* there is nobody else to tell */
    buffer_done(&notice->line);
}

void notice(const char *event, const char *name, const char *value)
{
    struct notice line;

    notice_begin(&line, event);
    if (value != NULL)
        notice_text(&line, name, value);
    notice_write(&line);
}
