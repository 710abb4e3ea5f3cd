#include "contracts/import/csv_record.h"

#include <stdbool.h>
#include <string.h>

static bool is_blank(char c, char separator)
{
    return (c == ' ' || c == '\t') && c != separator;
}

/* A field in quotes: unescaped in place; *end is set behind the closing quote. */
static enum csv_state unquote(char *from, char separator, char **end)
{
    char *to = from;
    char *at = from + 1;

    for (;; at++) {
        if (*at == '\0')
            return CSV_OPEN;
        if (*at == '"') {
            if (at[1] != '"')
                break;
            at++;
        }
        *to++ = *at;
    }
    at++;
    while (is_blank(*at, separator))
        at++;
    if (*at != separator && *at != '\0')
        return CSV_TEXT_BEHIND_QUOTE;
    *end = at;
    /* The closing quote stood at or behind `to`, so that this overwrites nothing that is still to be read. */
    while (to > from && is_blank(to[-1], '\0'))
        to--;
    *to = '\0';
    return CSV_WHOLE;
}

static char *trim_plain(char *from, char separator)
{
    char *end = strchr(from, separator);
    char *stop = end == NULL ? from + strlen(from) : end;

    char *last = stop;
    while (last > from && is_blank(last[-1], separator))
        last--;
    if (last < stop)
        *last = '\0';
    return stop;
}

enum csv_state csv_record_split(const char *text, char separator, struct csv_record *record)
{
    buffer_clear(&record->text);
    buffer_append_text(&record->text, text);
    buffer_append(&record->text, "", 1);
    record->count = 0;
    for (char *at = (char *)record->text.data;; at++) {
        if (record->count == CSV_FIELDS_MAX)
            return CSV_TOO_MANY_FIELDS;
        while (is_blank(*at, separator))
            at++;
        if (at[0] == '=' && at[1] == '"')
            at++;
        char *end = at;
        if (*at == '"') {
            enum csv_state state = unquote(at, separator, &end);
            if (state != CSV_WHOLE)
                return state;
        } else {
            end = trim_plain(at, separator);
        }
        record->fields[record->count++] = *at == '\0' ? "" : at;
        bool is_last = *end == '\0';
        *end = '\0';
        if (is_last)
            return CSV_WHOLE;
        at = end;
    }
}

void csv_record_done(struct csv_record *record)
{
    buffer_done(&record->text);
}
