#include "api/flows/rows.h"

#include "api/events/event.h"
#include "api/flows/assess.h"
#include "api/flows/authorisation.h"
#include "api/flows/correction.h"
#include "api/flows/daily_statement.h"
#include "api/flows/disclosure.h"
#include "api/flows/erasure.h"
#include "api/flows/fact_change.h"
#include "api/flows/role_change.h"
#include "api/flows/settlement.h"

/* The rows of kinds that come one at a time; those of assessments come in bulk. */
static enum zcd_code insert_row(struct db *db, const struct record *record, uint64_t index, struct zcd_error *err)
{
    if (record->kind == RECORD_DAILY_STATEMENT)
        return daily_statement_insert_row(db, record, index, err);
    if (record->kind == RECORD_AUTHORISATION)
        return authorisation_insert_row(db, record, index, err);
    if (record->kind == RECORD_ERASURE)
        return erasure_erase_rows(db, record, err);
    return record->kind == RECORD_DISCLOSURE || record->kind == RECORD_DISCLOSURE_ABROAD ? disclosure_insert_row(db, record, index, err) : ZCD_OK;
}

enum zcd_code rows_insert(struct db *db, struct log_entry *const *entries, size_t count, void *context,
                          struct zcd_error *err)
{
    enum zcd_code code = assess_insert_rows(db, entries, count, context, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        code = insert_row(db, &entries[i]->record, entries[i]->index, err);
        if (code == ZCD_OK && entries[i]->record.kind == RECORD_AUTHORISATION)
            code = authorisation_insert_key(db, entries[i], err);
        if (code == ZCD_OK && entries[i]->record.kind == RECORD_ROLE_CHANGED)
            code = role_change_insert_rows(db, entries[i], err);
        if (code == ZCD_OK && settlement_is(entries[i]))
            code = settlement_insert_rows(db, entries[i], err);
        if (code == ZCD_OK && correction_is(entries[i]))
            code = correction_insert_rows(db, entries[i], err);
        if (code == ZCD_OK && fact_change_is(entries[i]))
            code = fact_change_insert_rows(db, entries[i], err);
    }
    return code == ZCD_OK ? event_publish_records(db, entries, count, err) : code;
}

enum zcd_code rows_restore(struct db *db, const struct log_restored *restored, size_t count, void *context,
                           struct zcd_error *err)
{
    enum zcd_code code = assess_restore_rows(db, restored, count, context, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        code = insert_row(db, restored[i].record, restored[i].index, err);
        if (code == ZCD_OK && restored[i].record->kind == RECORD_ROLE_CHANGED)
            code = role_change_restore_rows(db, restored[i].record, err);
    }
    return code;
}
