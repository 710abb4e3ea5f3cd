#include "contracts/organisation_list_store.h"

#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement FIND = {
    "organisation_list",
    "SELECT uscc, lender, coalesce(name, '') AS name, coalesce(kind, '') AS kind, coalesce(region, '') AS region,"
    " coalesce(registration_status, '') AS registration_status"
    " FROM (SELECT DISTINCT ON (uscc, lender) uscc, lender, name, kind, region, registration_status, removed"
    "       FROM organisation f WHERE ($1 OR lender = $2 OR uscc = ANY ($3)) AND (uscc, lender) > ($4, $5)"
    "       AND valid_from <= $6 AND ($7::text IS NULL OR starts_with(uscc, $7))"
    "       AND NOT EXISTS (SELECT FROM import w WHERE w.lender = f.lender COLLATE \"default\" AND w.withdraws = f.import_id)"
    "       ORDER BY uscc, lender, valid_from DESC, import_id DESC) o"
    " WHERE NOT removed AND ($8::text IS NULL OR strpos(name, $8) > 0) ORDER BY uscc, lender LIMIT $9"};

static enum zcd_code read_item(const struct db_rows *rows, int row, struct arena *arena, struct organisation_item *item,
                               struct zcd_error *err)
{
    const struct {
        const char *column;
        const char **text;
    } texts[] = {{"uscc", &item->uscc}, {"lender", &item->lender}, {"name", &item->name},
                 {"kind", &item->kind}, {"region", &item->region}, {"registration_status", &item->registration_status}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (db_rows_copy_text(rows, row, texts[i].column, arena, texts[i].text, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

static enum zcd_code ask(struct db *db, const struct organisation_search *search, struct db_rows *rows, struct zcd_error *err)
{
    ZCD_AUTO(db_array_done)
    struct db_array organisations;

    db_array_init(&organisations, DB_TEXT_ARRAY);
    for (size_t i = 0; i < search->organisation_count; i++)
        db_array_add_text(&organisations, search->organisations[i]);
    return db_query(db, &FIND,
                    DB_VALUES(db_bool(search->sees_all), db_text(search->lender), db_array_value(&organisations),
                              db_text(search->after_uscc), db_text(search->after_lender), db_date(search->as_of),
                              db_text(search->beginning), db_text(search->name), db_int4(search->limit)),
                    rows, err);
}

enum zcd_code organisation_list_store_find(struct db *db, const struct organisation_search *search, struct arena *arena,
                                           struct organisation_item **items, size_t *count, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = ask(db, search, &rows, err);

    if (code != ZCD_OK)
        return code;
    struct organisation_item *read = ARENA_NEW(arena, struct organisation_item, (size_t)rows.count);
    for (int row = 0; code == ZCD_OK && row < rows.count; row++)
        code = read_item(&rows, row, arena, &read[row], err);
    if (code != ZCD_OK)
        return code;
    *items = read;
    *count = (size_t)rows.count;
    return ZCD_OK;
}

static const struct db_statement KNOWS = {
    "organisation_knows",
    "SELECT EXISTS (SELECT FROM organisation WHERE uscc = $1 AND ($2::text IS NULL OR lender = $2))"
    " OR EXISTS (SELECT FROM contract WHERE uscc = $1 AND ($2::text IS NULL OR lender = $2))"
    " OR EXISTS (SELECT FROM bank_statement WHERE uscc = $1 AND ($2::text IS NULL OR lender = $2)) AS knows"};

enum zcd_code organisation_list_store_knows(struct db *db, const char *uscc, const char *lender, bool *knows,
                                            struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    enum zcd_code code = db_query(db, &KNOWS, DB_VALUES(db_text(uscc), db_text(lender)), &rows, err);

    return code == ZCD_OK ? db_rows_bool(&rows, 0, "knows", knows, err) : code;
}
