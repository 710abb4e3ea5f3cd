#include "contracts/correction_store.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "db/query.h"

#include <string.h>

static const struct db_statement INSERT = {
    "correction_insert",
    "INSERT INTO correction (uscc, id, log_index, lender, collection, fact_key, seen_import, filed_by, filed_at,"
    " proposed_commitment, reason_commitment, evidence_commitment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"};

static struct db_value commitment(const uint8_t *digest)
{
    return digest == NULL ? db_null(DB_BYTEA) : db_bytea((struct bytes){digest, CORRECTION_COMMITMENT_SIZE});
}

enum zcd_code correction_store_insert(struct db *db, const struct correction_row *row,
                                      const struct correction_commitments *commitments, struct zcd_error *err)
{
    return db_queue(db, &INSERT,
                    DB_VALUES(db_text(row->uscc), db_text(row->id), db_int8(row->log_index), db_text(row->lender),
                              db_text(row->collection), db_text(row->key), db_int8(row->seen_import),
                              db_text(row->filed_by), db_timestamptz(row->filed_at_us), commitment(commitments->proposed),
                              commitment(commitments->reason), commitment(commitments->evidence)),
                    NULL, err);
}

static const struct db_statement DECIDE = {
    "correction_decide",
    "UPDATE correction SET outcome = $3, decided_by = $4, decided_at = $5, decided_index = $6, decision_commitment = $7,"
    " import_id = nullif($8, 0) WHERE uscc = $1 AND id = $2 AND outcome IS NULL RETURNING id"};

enum zcd_code correction_store_decide(struct db *db, const struct correction_row *row, const uint8_t *decision,
                                      struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &DECIDE,
                                  DB_VALUES(db_text(row->uscc), db_text(row->id), db_text(row->outcome),
                                            db_text(row->decided_by), db_timestamptz(row->decided_at_us),
                                            db_int8(row->decided_index), commitment(decision), db_int8(row->import_id)),
                                  &rows, err);

    return code == ZCD_OK && rows.count == 0 ? zcd_fail(err, ZCD_CONFLICT, "the correction was decided on already") : code;
}

#define SAID(commitment) "(SELECT value FROM personal_value p WHERE p.uscc = c.uscc AND p.commitment = c." commitment ")"
#define COLUMNS                                                                                                        \
    "SELECT uscc, id, log_index, lender, collection, fact_key, seen_import, filed_by, filed_at, outcome, decided_by,"  \
    " decided_at, coalesce(decided_index, -1) AS decided_index, coalesce(import_id, 0) AS import_id, "                 \
    SAID("proposed_commitment") " AS proposed, " SAID("reason_commitment") " AS reason, "                              \
    SAID("evidence_commitment") " AS evidence, " SAID("decision_commitment") " AS decision FROM correction c"

static enum zcd_code read_texts(const struct db_rows *rows, int i, struct arena *arena, struct correction_row *row,
                                struct zcd_error *err)
{
    const struct {
        const char *column;
        const char **text;
    } texts[] = {
        {"uscc", &row->uscc},           {"id", &row->id},           {"lender", &row->lender},
        {"collection", &row->collection}, {"fact_key", &row->key},  {"filed_by", &row->filed_by},
        {"proposed", &row->proposed},   {"reason", &row->reason},   {"evidence", &row->evidence},
        {"outcome", &row->outcome},     {"decided_by", &row->decided_by}, {"decision", &row->decision},
    };

    for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
        if (db_rows_copy_text_or_null(rows, i, texts[text].column, arena, texts[text].text, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

static enum zcd_code read_row(const struct db_rows *rows, int i, struct arena *arena, struct correction_row *row,
                              struct zcd_error *err)
{
    if (read_texts(rows, i, arena, row, err) != ZCD_OK
        || db_rows_int8(rows, i, "log_index", &row->log_index, err) != ZCD_OK
        || db_rows_int8(rows, i, "seen_import", &row->seen_import, err) != ZCD_OK
        || db_rows_int8(rows, i, "decided_index", &row->decided_index, err) != ZCD_OK
        || db_rows_int8(rows, i, "import_id", &row->import_id, err) != ZCD_OK
        || db_rows_timestamptz(rows, i, "filed_at", &row->filed_at_us, err) != ZCD_OK)
        return err->code;
    return row->outcome == NULL ? ZCD_OK : db_rows_timestamptz(rows, i, "decided_at", &row->decided_at_us, err);
}

static const struct db_statement FIND = {"correction_find", COLUMNS " WHERE c.uscc = $1 AND c.id = $2"};

enum zcd_code correction_store_find(struct db *db, const char *id, struct arena *arena, struct correction_row *row,
                                    struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    char uscc[USCC_LENGTH + 1] = "";

    if (strlen(id) == CORRECTION_ID_SIZE - 1 && bytes_are_utf8(bytes_of_text(id)))
        memcpy(uscc, id + strlen("co_"), USCC_LENGTH);
    enum zcd_code code = *uscc == '\0' ? ZCD_OK : db_query(db, &FIND, DB_VALUES(db_text(uscc), db_text(id)), &rows, err);
    if (code != ZCD_OK)
        return code;
    return rows.count == 1 ? read_row(&rows, 0, arena, row, err)
                           : zcd_fail(err, ZCD_NOT_FOUND, "there is no such correction");
}

static const struct db_statement LIST = {
    "correction_list", COLUMNS " WHERE c.uscc = $1 AND ($2::text IS NULL OR c.lender = $2)"
                               " AND ($3::text IS NULL OR coalesce(c.outcome, 'open') = $3) AND c.log_index < $4"
                               " ORDER BY c.log_index DESC LIMIT $5"};

enum zcd_code correction_store_list(struct db *db, const struct correction_search *search, struct arena *arena,
                                    struct correction_row **rows, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows found = {0};
    enum zcd_code code = db_query(db, &LIST,
                                  DB_VALUES(db_text(search->uscc), db_text(search->lender), db_text(search->state),
                                            db_int8(search->below), db_int4(search->limit)),
                                  &found, err);

    struct correction_row *read = code == ZCD_OK ? ARENA_NEW(arena, struct correction_row, (size_t)found.count) : NULL;
    for (int i = 0; code == ZCD_OK && i < found.count; i++)
        code = read_row(&found, i, arena, &read[i], err);
    if (code != ZCD_OK)
        return code;
    *rows = read;
    *count = (size_t)found.count;
    return ZCD_OK;
}
