#include "api/flows/role_change.h"

#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

enum { ROLES_MAX = 8 };

static void append_roles(unsigned roles, struct buffer *json)
{
    buffer_append_text(json, "[");
    for (unsigned rest = roles; rest != 0; rest &= rest - 1)
        buffer_append_format(json, "%s\"%s\"", rest == roles ? "" : ",", caller_role_name(caller_role_first(rest)));
    buffer_append_text(json, "]");
}

/* Ids and names of roles hold nothing that JSON would escape. */
static void make_record(const char *proposed_by, const char *role, const char *lender, unsigned before, struct arena *arena,
                        struct role_change *change)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct record *record = &change->entry.record;

    submit_prepare(record, RECORD_ROLE_CHANGED, proposed_by, role);
    record->actor.lender = lender;
    buffer_append_format(&body, "{\"approved_by\":\"%s\",\"new\":", change->row.decided_by);
    append_roles(change->row.roles, &body);
    buffer_append_text(&body, ",\"old\":");
    append_roles(before, &body);
    buffer_append_format(&body, ",\"user\":\"%s\"}", change->row.user);
    record->body = (struct bytes){(const uint8_t *)arena_copy_bytes(arena, body.data, body.size), body.size};
}

enum zcd_code role_change_prepare_approval(const struct role_change_row *row, const struct user_row *before,
                                           const struct caller *caller, struct arena *arena, struct role_change *change,
                                           struct zcd_error *err)
{
    if (row->outcome != NULL)
        return zcd_fail(err, ZCD_CONFLICT, "it is decided on already");
    if (strcmp(row->proposed_by, caller->id) == 0 || strcmp(row->user, caller->id) == 0)
        return zcd_fail(err, ZCD_CONFLICT,
                        "a second administrator approves: neither who proposed it nor whose roles change");
    change->row = *row;
    change->row.decided_by = caller->id;
    change->row.outcome = "approved";
    make_record(row->proposed_by, caller->role, row->lender, before == NULL ? 0 : before->roles, arena, change);
    return ZCD_OK;
}

void role_change_prepare_disabling(const struct user_row *user, const struct caller *caller, struct arena *arena,
                                   struct role_change *change)
{
    change->row = (struct role_change_row){.user = user->id, .decided_by = caller->id};
    make_record(caller->id, caller->role, caller->lender, user->roles, arena, change);
}

static void finish(struct log_entry *entry, const struct log_receipt *receipt, const struct zcd_error *err)
{
    struct role_change *change = entry->user;

    change->done(change, receipt == NULL ? err : NULL);
}

enum zcd_code role_change_submit(struct log *log, struct role_change *change, struct zcd_error *err)
{
    change->entry.user = change;
    change->entry.done = finish;
    return log_submit(log, &change->entry, err);
}

enum zcd_code role_change_insert_rows(struct db *db, const struct log_entry *entry, struct zcd_error *err)
{
    const struct role_change *change = entry->user;
    const struct role_change_row *row = &change->row;

    if (row->id == NULL) {
        enum zcd_code code = user_store_disable(db, row->user, err);
        return code == ZCD_NOT_FOUND ? zcd_fail(err, ZCD_CONFLICT, "the user is disabled already") : code;
    }
    enum zcd_code code = user_store_set_roles(db, row->user, row->roles, row->lender, err);
    return code == ZCD_OK ? role_change_store_decide(db, row->id, row->decided_by, row->outcome, err) : code;
}

/* Users are not in the log whole (their belonging is the administrator's), and later changes come back after this one:
 * what a user that is there already does not allow is passed over. */
enum zcd_code role_change_restore_rows(struct db *db, const struct record *record, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    const char *names[ROLES_MAX], *user;
    unsigned roles = 0, role;
    size_t count;

    if (canonical_json_decode(record->body, &body, err) != ZCD_OK
        || canonical_json_read_text(body, "user", &user, err) != ZCD_OK
        || canonical_json_read_texts(body, "new", names, ROLES_MAX, &count, err) != ZCD_OK)
        return err->code;
    for (size_t i = 0; i < count; i++) {
        if (caller_roles_parse(names[i], &role, err) != ZCD_OK)
            return err->code;
        roles |= role;
    }
    enum zcd_code code = count == 0 ? user_store_disable(db, user, err)
                                    : user_store_set_roles(db, user, roles, record->actor.lender, err);
    return code == ZCD_CONFLICT || code == ZCD_NOT_FOUND ? ZCD_OK : code;
}
