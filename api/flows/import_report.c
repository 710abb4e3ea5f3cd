#include "api/flows/import_report.h"

#include "base/arena.h"
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

struct lines {
    struct import_line *line;
    size_t count, capacity;
};

struct import_report {
    struct arena texts;
    struct lines of[IMPORT_REFUSED + 1]; /* by severity */
    struct lines all;                    /* as they are shown */
};

struct import_report *import_report_new(void)
{
    struct import_report *report = calloc(1, sizeof *report);

    if (report == NULL)
        abort();
    return report;
}

void import_report_free(struct import_report *report)
{
    if (report == NULL)
        return;
    for (int severity = 0; severity <= IMPORT_REFUSED; severity++)
        free(report->of[severity].line);
    free(report->all.line);
    arena_done(&report->texts);
    free(report);
}

static void add(struct lines *lines, const struct import_line *line)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity == 0 ? 64 : lines->capacity * 2;
        lines->line = realloc(lines->line, lines->capacity * sizeof *lines->line);
        if (lines->line == NULL)
            abort();
    }
    lines->line[lines->count++] = *line;
}

/* The database and JSON take nothing but UTF-8, and values come from the file. */
static const char *keep(struct import_report *report, const char *text)
{
    char *copy = arena_copy_text(&report->texts, text);

    if (bytes_are_utf8(bytes_of_text(copy)))
        return copy;
    for (char *at = copy; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    return copy;
}

enum zcd_code import_report_take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    struct import_report *report = context;
    struct lines *lines = &report->of[line->severity];
    struct import_line copy = *line;

    (void)err;
    if (lines->count == IMPORT_REPORT_LINES_MAX)
        return ZCD_OK;
    copy.field = keep(report, line->field);
    copy.value = keep(report, line->value);
    copy.rule = keep(report, line->rule);
    copy.zh = keep(report, line->zh);
    copy.en = keep(report, line->en);
    add(lines, &copy);
    return ZCD_OK;
}

void import_report_lines(struct import_report *report, const struct import_line **lines, size_t *count)
{
    report->all.count = 0;
    for (int severity = IMPORT_REFUSED; severity >= IMPORT_NOTE; severity--) {
        for (size_t i = 0; i < report->of[severity].count; i++)
            add(&report->all, &report->of[severity].line[i]);
    }
    *lines = report->all.line;
    *count = report->all.count;
}
