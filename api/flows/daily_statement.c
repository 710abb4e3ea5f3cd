#include "api/flows/daily_statement.h"

#include "api/clock.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "contracts/daily_statement_store.h"

#include <inttypes.h>

/* What is to be stated. */
struct due {
    struct daily_statement_row row;
    bool has_previous;
    uint64_t previous;
};

static enum zcd_code find_beginning(struct db *db, struct due *due, struct zcd_error *err)
{
    struct daily_statement_row last;
    enum zcd_code code = daily_statement_store_find_last(db, &last, err);

    if (code == ZCD_NOT_FOUND)
        return ZCD_OK; /* from the first record on */
    if (code != ZCD_OK)
        return code;
    due->row.from = last.to;
    due->has_previous = true;
    due->previous = last.log_index;
    return ZCD_OK;
}

/* The day of the first record that no statement covers, and where it ends. ZCD_NOT_FOUND when no day is over. */
static enum zcd_code find_due(struct log *log, struct db *db, struct date today, struct due *due, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint checkpoint = {.size = 0};
    int64_t at_us = 0;

    *due = (struct due){.has_previous = false};
    enum zcd_code code = log_read_checkpoint(log, &note, &checkpoint, err);
    if (code == ZCD_OK)
        code = find_beginning(db, due, err);
    if (code == ZCD_OK && due->row.from >= checkpoint.size)
        code = zcd_fail(err, ZCD_NOT_FOUND, "nothing was recorded since");
    if (code == ZCD_OK)
        code = log_read_instant(db, due->row.from, &at_us, err);
    if (code != ZCD_OK)
        return code;
    due->row.day = clock_shanghai_day(at_us);
    if (date_compare(due->row.day, today) >= 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the day is not over");
    return log_find_instant(db, clock_shanghai_midnight_us(date_add_days(due->row.day, 1)), checkpoint.size,
                            &due->row.to, err);
}

static void append_counts(const struct log_kind_counts *counts, struct buffer *body)
{
    bool is_first = true;

    buffer_append_text(body, "{\"counts\":{");
    for (size_t i = 0; i < counts->count; i++) {
        buffer_append_format(body, "%s\"%s\":%" PRIu64, is_first ? "" : ",", record_kind_name(counts->row[i].kind),
                             counts->row[i].records);
        is_first = false;
    }
    buffer_append_text(body, "}");
}

static enum zcd_code make_body(struct db *db, const struct due *due, struct buffer *body, struct zcd_error *err)
{
    struct log_kind_counts counts;
    char day[DATE_TEXT_SIZE];
    enum zcd_code code = log_count_kinds(db, due->row.from, due->row.to, &counts, err);

    if (code != ZCD_OK)
        return code;
    append_counts(&counts, body);
    buffer_append_format(body, ",\"day\":\"%s\",\"from\":%" PRIu64 ",\"previous\":", date_format(due->row.day, day),
                         due->row.from);
    if (due->has_previous)
        buffer_append_format(body, "%" PRIu64, due->previous);
    else
        buffer_append_text(body, "null");
    buffer_append_format(body, ",\"to\":%" PRIu64 "}", due->row.to);
    return ZCD_OK;
}

enum zcd_code daily_statement_write(struct log *log, struct db *db, struct date today, bool *written,
                                    struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct log_entry entry = {.document_count = 0};
    struct due due;
    uint64_t index;

    *written = false;
    enum zcd_code code = find_due(log, db, today, &due, err);
    if (code == ZCD_NOT_FOUND)
        return ZCD_OK;
    if (code == ZCD_OK)
        code = make_body(db, &due, &body, err);
    if (code != ZCD_OK)
        return code;
    submit_prepare(&entry.record, RECORD_DAILY_STATEMENT, "zcd", "system");
    entry.record.body = buffer_bytes(&body);
    code = submit_and_wait(log, &entry, &index, err);
    if (code == ZCD_CONFLICT) /* the table's keys: another process has stated that day */
        return ZCD_OK;
    *written = code == ZCD_OK;
    return code;
}

enum zcd_code daily_statement_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                         struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    struct daily_statement_row row = {.log_index = log_index};
    const char *day;
    int64_t from, to;

    if (canonical_json_decode(record->body, &body, err) != ZCD_OK
        || canonical_json_read_text(body, "day", &day, err) != ZCD_OK || date_parse(day, &row.day, err) != ZCD_OK
        || canonical_json_read_integer(body, "from", 0, CANONICAL_JSON_INTEGER_MAX, &from, err) != ZCD_OK
        || canonical_json_read_integer(body, "to", 0, CANONICAL_JSON_INTEGER_MAX, &to, err) != ZCD_OK)
        return err->code;
    row.from = (uint64_t)from;
    row.to = (uint64_t)to;
    return daily_statement_store_insert(db, &row, err);
}
