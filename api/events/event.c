#include "api/events/event.h"

#include "api/events/event_store.h"
#include "api/flows/assess.h"
#include "audit/canonical_json.h"
#include "audit/log.h"
#include "base/arena.h"
#include "base/bytes.h"

#include <string.h>

static const struct type {
    enum record_kind kind;
    const char *name;
} TYPES[] = {
#define EVENT_TYPE(kind, name, zh, en) {RECORD_##kind, name},
#include "api/events/event_types.def"
#undef EVENT_TYPE
};

enum { TYPE_COUNT = sizeof TYPES / sizeof *TYPES };

static const struct type *type_of(enum record_kind kind)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (TYPES[i].kind == kind)
            return &TYPES[i];
    }
    return NULL;
}

bool event_type_is(const char *name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strcmp(TYPES[i].name, name) == 0)
            return true;
    }
    return false;
}

enum zcd_code event_publish(struct db *db, const struct event *events, size_t count, struct zcd_error *err)
{
    return count == 0 ? ZCD_OK : event_store_insert(db, events, count, err);
}

static void append_text(struct buffer *json, const char *name, const char *text)
{
    buffer_append_format(json, "\"%s\":", name);
    if (text == NULL || text[0] == '\0')
        buffer_append_text(json, "null");
    else
        canonical_json_append_string(json, bytes_of_text(text));
}

#define GRANTED_TO_LENDER "lender/"

/* The body's text of that name, in the arena; NULL when there is none. */
static const char *body_text(const struct record *record, const char *name, struct arena *arena)
{
    struct json_t *body = NULL;
    const char *text = NULL;
    struct zcd_error unwanted;

    if (canonical_json_decode(record->body, &body, &unwanted) == ZCD_OK
        && canonical_json_read_text(body, name, &text, &unwanted) == ZCD_OK)
        text = arena_copy_text(arena, text);
    canonical_json_free(&body);
    return text;
}

/* Whom a record concerns: who did it, but for an authorisation, which an organisation gives to a lender, and for a correction of a
 * lender's fact, which its director files. NULL: no lender. */
static const char *lender_of(const struct record *record, struct arena *arena)
{
    if (record->kind == RECORD_CORRECTION_FILED)
        return body_text(record, "lender", arena);
    if (record->kind != RECORD_AUTHORISATION)
        return record->actor.lender;
    const char *granted_to = body_text(record, "granted_to", arena);
    const size_t size = strlen(GRANTED_TO_LENDER);
    return granted_to != NULL && strncmp(granted_to, GRANTED_TO_LENDER, size) == 0 ? granted_to + size : NULL;
}

/* Ids, by which a receiver that may see the rest can ask for it. */
static const char *data_of(const struct log_entry *entry, struct arena *arena)
{
    const struct record *record = &entry->record;
    struct buffer json = {0};

    buffer_append_text(&json, "{");
    append_text(&json, "actor", record->actor.id);
    if (record->kind == RECORD_ASSESSMENT) {
        char id[ASSESSMENT_ID_SIZE];
        buffer_append_text(&json, ",");
        append_text(&json, "assessment", assessment_id_format(&record->subject.uscc, record->nonce, id));
    }
    buffer_append_format(&json, ",\"log_index\":%llu,", (unsigned long long)entry->index);
    append_text(&json, "uscc", record->subject.uscc.text);
    if (record->kind == RECORD_ROLE_CHANGED) {
        buffer_append_text(&json, ",");
        append_text(&json, "user", body_text(record, "user", arena));
    }
    buffer_append_text(&json, "}");
    const char *data = arena_copy_bytes(arena, json.data, json.size);
    buffer_done(&json);
    return data;
}

enum zcd_code event_publish_records(struct db *db, struct log_entry *const *entries, size_t count, struct zcd_error *err)
{
    struct arena arena = {0};
    struct event *events = ARENA_NEW(&arena, struct event, count);
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        const struct record *record = &entries[i]->record;
        const struct type *type = type_of(record->kind);
        const char *lender = type == NULL ? NULL : lender_of(record, &arena);
        if (lender == NULL) /* nobody's: there is nobody to tell */
            continue;
        events[found++] = (struct event){.uscc = record->subject.uscc.text,
                                         .type = type->name,
                                         .lender = lender,
                                         .at_us = entries[i]->at_us,
                                         .trace_id = entries[i]->trace_id,
                                         .data = data_of(entries[i], &arena)};
    }
    enum zcd_code code = event_publish(db, events, found, err);
    arena_done(&arena);
    return code;
}
