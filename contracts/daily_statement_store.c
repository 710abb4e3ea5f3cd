#include "contracts/daily_statement_store.h"

#include "base/cleanup.h"
#include "db/query.h"

static const struct db_statement INSERT = {
    "daily_statement_insert",
    "INSERT INTO daily_statement (day, from_index, to_index, log_index) VALUES ($1, $2, $3, $4)"};

enum zcd_code daily_statement_store_insert(struct db *db, const struct daily_statement_row *row, struct zcd_error *err)
{
    return db_queue(db, &INSERT,
                    DB_VALUES(db_date(row->day), db_int8((int64_t)row->from), db_int8((int64_t)row->to),
                              db_int8((int64_t)row->log_index)),
                    NULL, err);
}

static const struct db_statement FIND_LAST = {
    "daily_statement_find_last",
    "SELECT day, from_index, to_index, log_index FROM daily_statement ORDER BY day DESC LIMIT 1"};

enum zcd_code daily_statement_store_find_last(struct db *db, struct daily_statement_row *row, struct zcd_error *err)
{
    ZCD_AUTO(db_rows_done)
    struct db_rows rows = {0};
    struct daily_statement_row read;
    int64_t from, to, log_index;

    if (db_query(db, &FIND_LAST, DB_NO_VALUES, &rows, err) != ZCD_OK)
        return err->code;
    if (rows.count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no daily statement yet");
    if (db_rows_date(&rows, 0, "day", &read.day, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "from_index", &from, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "to_index", &to, err) != ZCD_OK
        || db_rows_int8(&rows, 0, "log_index", &log_index, err) != ZCD_OK)
        return err->code;
    read.from = (uint64_t)from;
    read.to = (uint64_t)to;
    read.log_index = (uint64_t)log_index;
    *row = read;
    return ZCD_OK;
}
