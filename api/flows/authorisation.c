#include "api/flows/authorisation.h"

#include "api/flows/idempotency_store.h"
#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

static const char *id_format(const struct record *record, char id[AUTHORISATION_ID_SIZE])
{
    memcpy(id, "au_", 3);
    memcpy(id + 3, record->subject.uscc.text, USCC_LENGTH);
    id[3 + USCC_LENGTH] = '_';
    hex_encode(record->nonce, RECORD_NONCE_SIZE, id + 4 + USCC_LENGTH);
    return id;
}

static struct bytes make_body(const struct authorisation_row *row, struct arena *arena)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    char day[DATE_TEXT_SIZE];

    if (date_is_none(row->expires_on))
        buffer_append_text(&body, "{\"expires_on\":null");
    else
        buffer_append_format(&body, "{\"expires_on\":\"%s\"", date_format(row->expires_on, day));
    buffer_append_text(&body, ",\"granted_to\":");
    canonical_json_append_string(&body, bytes_of_text(row->granted_to));
    buffer_append_format(&body, ",\"purpose\":\"%s\",\"scope\":[", row->purpose);
    for (unsigned rest = row->scopes; rest != 0; rest &= rest - 1)
        buffer_append_format(&body, "%s\"%s\"", rest == row->scopes ? "" : ",",
                             authorisation_scope_name((enum authorisation_scope)(rest & (0U - rest))));
    buffer_append_text(&body, "]}");
    return (struct bytes){(const uint8_t *)arena_copy_bytes(arena, body.data, body.size), body.size};
}

static enum zcd_code make_record(const struct authorisation_row *row, const struct caller *caller, struct arena *arena,
                                 struct authorisation *authorisation, struct zcd_error *err)
{
    struct record *record = &authorisation->entry.record;

    submit_prepare(record, RECORD_AUTHORISATION, caller->id, caller->role);
    enum zcd_code code = uscc_parse(row->uscc, &record->subject.uscc, err);
    record->body = make_body(row, arena);
    (void)id_format(record, authorisation->id);
    return code;
}

enum zcd_code authorisation_prepare(const struct authorisation_request *request, const struct caller *caller,
                                    struct arena *arena, struct authorisation *authorisation, struct zcd_error *err)
{
    struct authorisation_row row = {.uscc = caller->uscc,
                                    .id = authorisation->id,
                                    .granted_to = request->granted_to,
                                    .purpose = request->purpose,
                                    .granted_by = caller->id,
                                    .expires_on = request->expires_on,
                                    .withdrawn_index = -1};
    enum zcd_code code = authorisation_scopes_read(request->scope, request->scope_count, &row.scopes, err);

    authorisation->row = row;
    return code == ZCD_OK ? make_record(&row, caller, arena, authorisation, err) : code;
}

enum zcd_code authorisation_prepare_withdrawal(const struct authorisation_row *row, const struct caller *caller,
                                               struct arena *arena, struct authorisation *authorisation,
                                               struct zcd_error *err)
{
    struct authorisation_row nothing = *row;

    nothing.scopes = 0;
    enum zcd_code code = make_record(&nothing, caller, arena, authorisation, err);
    authorisation->row = *row;
    authorisation->is_withdrawal = true;
    authorisation->withdrawn = (uint64_t)row->log_index;
    authorisation->entry.record.prior = &authorisation->withdrawn;
    authorisation->entry.record.prior_count = 1;
    return code;
}

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct authorisation *authorisation = entry->user;
    int64_t *index = authorisation->is_withdrawal ? &authorisation->row.withdrawn_index : &authorisation->row.log_index;

    *index = (int64_t)entry->index;
    authorisation->done(authorisation, receipt == NULL ? err : NULL);
}

enum zcd_code authorisation_submit(struct log *log, struct authorisation *authorisation, struct zcd_error *err)
{
    authorisation->entry.user = authorisation;
    authorisation->entry.done = finish;
    return log_submit(log, &authorisation->entry, err);
}

enum zcd_code authorisation_insert_key(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    const struct authorisation *authorisation = entry->user;

    if (authorisation->key == NULL)
        return ZCD_OK;
    authorisation->key->subject = authorisation->id;
    return idempotency_store_insert(db, authorisation->key, err);
}

static enum zcd_code read_body(const struct json_t *body, struct authorisation_row *row, struct zcd_error *err)
{
    const char *names[AUTHORISATION_SCOPES_MAX], *day;
    size_t count;

    if (canonical_json_read_text_or_null(body, "expires_on", &day, err) != ZCD_OK
        || canonical_json_read_text(body, "granted_to", &row->granted_to, err) != ZCD_OK
        || canonical_json_read_text(body, "purpose", &row->purpose, err) != ZCD_OK
        || canonical_json_read_texts(body, "scope", names, AUTHORISATION_SCOPES_MAX, &count, err) != ZCD_OK
        || (day != NULL && date_parse(day, &row->expires_on, err) != ZCD_OK))
        return err->code;
    return count == 0 ? ZCD_OK : authorisation_scopes_read(names, count, &row->scopes, err);
}

enum zcd_code authorisation_insert_row(struct db *db, const struct record *record, uint64_t log_index,
                                       struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    char id[AUTHORISATION_ID_SIZE];
    struct authorisation_row row = {.uscc = record->subject.uscc.text,
                                    .id = id_format(record, id),
                                    .granted_by = record->actor.id,
                                    .expires_on = DATE_NONE,
                                    .log_index = (int64_t)log_index};

    enum zcd_code code = canonical_json_decode(record->body, &body, err);
    if (code == ZCD_OK)
        code = read_body(body, &row, err);
    if (code != ZCD_OK)
        return code;
    if (row.scopes == 0 && record->prior_count == 1)
        return authorisation_store_withdraw(db, row.uscc, (int64_t)record->prior[0], row.log_index, err);
    return authorisation_store_insert(db, &row, err);
}
