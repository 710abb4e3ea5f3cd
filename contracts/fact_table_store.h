/*
 * fact_table_store.h - the one scheme by which every table of facts is written and read.
 *
 * A table holds statements: "from valid_from on, as known since recorded_at, the thing with this key is so" (or is removed).
 * Statements are only added. Which one holds of a key on a day, as known at an instant:
 *
 *   of what was recorded by then, by imports that were not withdrawn by then,
 *     a table by days    the statement of the latest valid_from that is not after the day; of one day, the last recorded
 *     a table of events  the last recorded, whatever its valid_from: an event has one day, and a correction may move it;
 *                        nothing, when that day is after the one asked for
 *   and nothing, when that statement says removed.
 *
 * A statement that says what already holds is not added, so that the same content twice changes nothing. superseded_by is
 * a note for readers of the history and decides nothing.
 *
 * A table is declared from two lists, KEY and VALUES, of its columns with the members of the C struct that holds a row:
 *
 *     #define VISIT_KEY(C, ROW) C(ROW, visit_id, ID, visit_id, NULL)
 *     #define VISIT_VALUES(C, ROW) C(ROW, on_day, DATE, on, NULL) C(ROW, note, TEXT, note, NULL)
 *     FACT_TABLE_OF_EVENTS(VISIT_FACTS, "visit", struct visit_row, VISIT);
 *
 * The lists make the SQL texts at compile time and the table that rows are bound and read by.
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_FACT_TABLE_STORE_H
#define CONTRACTS_FACT_TABLE_STORE_H

#include "base/arena.h"
#include "base/date.h"
#include "contracts/codelist.h"
#include "db/copy.h"
#include "db/query.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a member stands in its column. */
enum fact_column_type {
    FACT_COLUMN_ID,      /* const char *: never NULL, "" is a value; NULL is read as "" */
    FACT_COLUMN_TEXT,    /* const char *: "" and NULL are NULL, read as "" */
    FACT_COLUMN_INT4,    /* int32_t */
    FACT_COLUMN_COUNT,   /* int32_t: DOSSIER_COUNT_NONE is NULL */
    FACT_COLUMN_FEN,     /* int64_t: DOSSIER_FEN_NONE is NULL */
    FACT_COLUMN_YES,     /* bool: false is NULL, so that what says nothing overwrites nothing */
    FACT_COLUMN_DATE,    /* struct date: DATE_NONE is NULL */
    FACT_COLUMN_CODE,    /* enum: by its name in the list; 0 is NULL */
    FACT_COLUMN_ID_CODE, /* enum in a key: 0 is "" */
    FACT_COLUMN_REGION,  /* struct region: "" is NULL */
    FACT_COLUMN_USCC     /* struct uscc: "" is NULL */
};

struct fact_column {
    const char *name;
    enum fact_column_type type;
    size_t offset;                /* in the row's struct */
    const struct codelist *codes; /* of codes */
};

/* What every row begins with. */
struct fact_row {
    struct date valid_from;
    int64_t source_row; /* line of the file or row of its list, from 1; 0: none */
    bool removed;
};

struct fact_table {
    const char *name;
    size_t row_size;
    const struct fact_column *columns; /* those of the key first */
    size_t column_count;
    size_t key_count;
    struct db_statement stage, copy, clear, empty, write, read, history, page, told;
};

/* Whose facts. Texts are borrowed. */
struct facts_of {
    const char *uscc;
    const char *lender;
};

/* One import, once fact_import_begin has opened it. */
struct fact_import {
    const char *lender;
    int64_t id;
    int64_t recorded_at_us;
    bool *is_busy;       /* it waits for nobody, and says here that it would have to: see import_store_begin_at_once; NULL: it waits */
    bool fills;          /* what a row does not say (NULL) stays as it was known, as with files that tell a part */
    int64_t added;       /* rows so far */
    int64_t replaced;    /* of them, those that replaced another */
    int64_t set_aside;   /* receipts that are no facts so far: bank_statement_store.h */
    int64_t told_twice;  /* rows that were left out because an earlier fact_table_write of this import said otherwise */
};

/*
 * Add a row to those that wait for fact_table_write.
 *
 *   row  in  the table's struct; a removed one needs its key and fact_row alone
 */
void fact_table_add(const struct fact_table *table, struct db_copy *waiting, const char *uscc, const void *row);

/*
 * Send the rows that wait to the connection's staging table, where they gather until fact_table_write. May be called often:
 * it bounds the memory of an import. Inside the import's transaction.
 *
 * ZCD_INVALID when a value is beyond the table's bounds; ZCD_UNAVAILABLE.
 */
enum zcd_code fact_table_stage(struct db *db, const struct fact_table *table, struct db_copy *waiting,
                               struct zcd_error *err) ZCD_MUST_USE;

/*
 * Turn what was staged into statements; of several of one key (and day) the one added last counts. Adds to added, replaced and
 * told_twice. What was staged stays so: fact_table_empty.
 */
enum zcd_code fact_table_write(struct db *db, const struct fact_table *table, struct fact_import *import,
                               struct zcd_error *err) ZCD_MUST_USE;

/*
 * Forget what was staged, so that an import can write its rows in parts. The whole import is then as if it had been written at once,
 * unless told_twice.
 */
enum zcd_code fact_table_empty(struct db *db, const struct fact_table *table, struct zcd_error *err) ZCD_MUST_USE;

/* One row, from staging to statement: for what a person files. Several of them in one transaction do not meet. */
enum zcd_code fact_table_write_row(struct db *db, const struct fact_table *table, struct fact_import *import,
                                   const char *uscc, const void *row, struct zcd_error *err) ZCD_MUST_USE;

/* Queue (db_queue) the question what holds on as_of, as known at known_at; rows come in the order of their keys. */
enum zcd_code fact_table_queue(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                               struct date as_of, int64_t known_at_us, struct db_rows *rows,
                               struct zcd_error *err) ZCD_MUST_USE;

/*
 * Decode the answer.
 *
 *   array  out  rows->count of the table's struct, in the arena; fact_row is left empty
 *
 * ZCD_CORRUPT when a code is unknown or a day is none.
 */
enum zcd_code fact_table_decode(const struct fact_table *table, const struct db_rows *rows, struct arena *arena,
                                void **array, struct zcd_error *err) ZCD_MUST_USE;

/* Ask, wait and decode. */
enum zcd_code fact_table_load(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                              struct date as_of, int64_t known_at_us, struct arena *arena, void **array, size_t *count,
                              struct zcd_error *err) ZCD_MUST_USE;

/* One statement of a key's history, beside its row. */
struct fact_history {
    int64_t recorded_at_us;
    int64_t import_id;
    int64_t superseded_by; /* 0: none */
};

/*
 * Every statement ever made about the organisation's rows of this table, by key, then valid_from, then import.
 *
 *   array    out  `count` of the table's struct, with fact_row, in the arena
 *   history  out  one for each
 *
 * ZCD_UNAVAILABLE, ZCD_CORRUPT.
 */
enum zcd_code fact_table_history(struct db *db, const struct fact_table *table, const struct facts_of *facts,
                                 struct arena *arena, void **array, struct fact_history **history, size_t *count,
                                 struct zcd_error *err) ZCD_MUST_USE;

/* Where a statement comes from, beside its row. */
struct fact_told {
    const char *lender;
    const char *key; /* as one text: see FACT_SQL_KEY */
    int64_t recorded_at_us;
    int64_t import_id;
    int64_t superseded_by;                /* 0: none */
    int64_t withdrawn_by;                 /* the import that took its import back; 0: none */
    const char *import_kind, *import_actor;
    const char *import_file; /* NULL: there was no file */
};

struct fact_page {
    void *rows; /* `count` of the table's struct, with fact_row */
    struct fact_told *told;
    size_t count;
};

/* Texts are borrowed. */
struct fact_question {
    const char *uscc;
    const char *lender; /* NULL: of all */
    struct date as_of;
    int64_t known_at_us;
    const char *after_lender, *after_key; /* of the last one on the page before; "" for the first page */
    const char *key;                      /* NULL: of all */
    const char *beginning;                /* of the key; NULL: any */
    int32_t limit;
};

/* A page of what holds, in the order of lender and key. ZCD_UNAVAILABLE, ZCD_CORRUPT. */
enum zcd_code fact_table_page(struct db *db, const struct fact_table *table, const struct fact_question *question,
                              struct arena *arena, struct fact_page *page, struct zcd_error *err) ZCD_MUST_USE;

/* What was ever said of question->key, by lender, the newest first. Of the question, days and pages do not matter. */
enum zcd_code fact_table_told(struct db *db, const struct fact_table *table, const struct fact_question *question,
                              struct arena *arena, struct fact_page *page, struct zcd_error *err) ZCD_MUST_USE;

/* ---- what the lists are expanded with */

/*
 * A key as one text, for cursors and paths: its columns in their order with commas between them, '%' and ',' within one written as
 * "%25" and "%2C". The text of a table whose key is the organisation alone is "".
 */
#define FACT_SQL_AS_TEXT_ID(column) "replace(replace(" #column ", '%', '%25'), ',', '%2C')"
#define FACT_SQL_AS_TEXT_ID_CODE(column) FACT_SQL_AS_TEXT_ID(column)
#define FACT_SQL_AS_TEXT_CODE(column) #column "::text"
#define FACT_SQL_AS_TEXT_INT4(column) #column "::text"
#define FACT_SQL_AS_TEXT_DATE(column) "to_char(" #column ", 'YYYY-MM-DD')"
#define FACT_SQL_KEY_PART(ROW, column, type, member, codes) " || ',' || " FACT_SQL_AS_TEXT_##type(column)
#define FACT_SQL_KEY(KEY) " CROSS JOIN LATERAL (SELECT substr(''" KEY(FACT_SQL_KEY_PART, 0) ", 2) COLLATE \"C\" AS fact_key) k"

#define FACT_COLUMN_OF(ROW, column, type, member, codes) {#column, FACT_COLUMN_##type, offsetof(ROW, member), codes},
#define FACT_COLUMN_ONE(ROW, column, type, member, codes) +1
#define FACT_SQL_NAME(ROW, column, type, member, codes) ", " #column
#define FACT_SQL_GIVEN(ROW, column, type, member, codes) ", given." #column
#define FACT_SQL_HERE(ROW, column, type, member, codes) ", t." #column
#define FACT_SQL_FILLED(ROW, column, type, member, codes)                                                              \
    ", CASE WHEN $3 AND NOT given.removed THEN coalesce(given." #column ", before." #column ") ELSE given." #column    \
    " END AS " #column
#define FACT_SQL_AS_GIVEN(ROW, column, type, member, codes) " AND t." #column " = given." #column

#define FACT_SQL_STAGE(table, KEY, VALUES)                                                                             \
    "CREATE TEMPORARY TABLE IF NOT EXISTS stage_" table " ON COMMIT DELETE ROWS AS"                                    \
    " SELECT 0::bigint AS ordinal, uscc, valid_from, removed, source_row" KEY(FACT_SQL_NAME, 0)                        \
    VALUES(FACT_SQL_NAME, 0) " FROM " table " WITH NO DATA"

#define FACT_SQL_COPY(table, KEY, VALUES)                                                                              \
    "COPY stage_" table " (ordinal, uscc, valid_from, removed, source_row" KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0)       \
    ") FROM STDIN (FORMAT binary)"

/*
 * $1 import, $2 lender, $3 fills, $4 recorded at. What differs between the two kinds of table: the columns that part statements
 * (DAY) and that make one another (PLAIN_DAY, HERE_DAY, GIVEN_DAY), which earlier one is asked for (NOT_AFTER, NEWEST), and whether it
 * is replaced (SAME_DAY). Every row is looked up once, by its key; what is replaced is then known by its place, since the planner, for
 * which a staging table and a table that was empty a while ago are small, would join the two in quadratic time.
 *
 * A row of this very import is found where an earlier part of it was written already. What says the same is left out; what differs is
 * told_twice, since the last should have counted and nothing is ever overwritten.
 */
#define FACT_SQL_WRITE(table, KEY, VALUES, DAY, PLAIN_DAY, HERE_DAY, GIVEN_DAY, NOT_AFTER, NEWEST, SAME_DAY)           \
    "WITH given AS (SELECT DISTINCT ON (uscc" KEY(FACT_SQL_NAME, 0) DAY ") uscc, valid_from, removed, source_row"      \
    KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0) " FROM stage_" table                                                \
    " ORDER BY uscc" KEY(FACT_SQL_NAME, 0) DAY ", ordinal DESC),"                                                      \
    " filled AS (SELECT given.uscc, given.valid_from, given.removed, given.source_row" KEY(FACT_SQL_GIVEN, 0)          \
    VALUES(FACT_SQL_FILLED, 0) ", before.import_id IS NOT NULL AS is_known, before.content, before.replaced_tid,"      \
    " coalesce(before.import_id = $1, false) AS is_own,"                                                               \
    " CASE WHEN before.import_id = $1 THEN ROW(given.removed" GIVEN_DAY VALUES(FACT_SQL_GIVEN, 0) ") END AS said"      \
    " FROM given LEFT JOIN LATERAL (SELECT t.import_id, ROW(t.removed" HERE_DAY VALUES(FACT_SQL_HERE, 0) ") AS content," \
    " CASE WHEN " SAME_DAY " THEN t.ctid END AS replaced_tid"                                                          \
    VALUES(FACT_SQL_HERE, 0) " FROM " table " t"                                                                       \
    " WHERE t.uscc = given.uscc AND t.lender = $2" KEY(FACT_SQL_AS_GIVEN, 0) NOT_AFTER                                 \
    " AND t.import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE lender = $2 AND withdraws IS NOT NULL))"        \
    " ORDER BY " NEWEST "t.import_id DESC LIMIT 1) before ON true),"                                                   \
    " changed AS MATERIALIZED (SELECT uscc, valid_from, source_row, removed, replaced_tid, is_own"                     \
    KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0) " FROM filled"                                                      \
    " WHERE CASE WHEN is_own THEN replaced_tid IS NULL OR content IS DISTINCT FROM said"                               \
    " WHEN is_known THEN content IS DISTINCT FROM ROW(removed" PLAIN_DAY VALUES(FACT_SQL_NAME, 0) ")"                  \
    " ELSE NOT removed END),"                                                                                          \
    " added AS (INSERT INTO " table " (uscc, lender, valid_from, recorded_at, import_id, source_row, removed"          \
    KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0) ") SELECT uscc, $2, valid_from, $4, $1, source_row, removed"        \
    KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0) " FROM changed WHERE NOT is_own),"                                  \
    " touched AS (INSERT INTO stage_touched SELECT DISTINCT uscc FROM changed),"                                       \
    " replaced AS (UPDATE " table " SET superseded_by = $1 WHERE superseded_by IS NULL AND ctid = ANY (ARRAY("         \
    "SELECT replaced_tid FROM changed WHERE replaced_tid IS NOT NULL AND NOT is_own)) RETURNING 1)"                    \
    " SELECT count(*) FILTER (WHERE NOT is_own) AS added, (SELECT count(*) FROM replaced) AS replaced,"                \
    " count(*) FILTER (WHERE is_own) AS told_twice FROM changed"

/* $1 uscc, $2 lender, $3 as of, $4 known at */
#define FACT_SQL_READ(table, KEY, VALUES, NOT_AFTER, NEWEST)                                                           \
    "SELECT uscc" KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0)                                                       \
    " FROM (SELECT DISTINCT ON (uscc" KEY(FACT_SQL_NAME, 0) ") uscc, valid_from, removed" KEY(FACT_SQL_NAME, 0)        \
    VALUES(FACT_SQL_NAME, 0) " FROM " table " WHERE uscc = $1 AND lender = $2 AND recorded_at <= $4" NOT_AFTER         \
    " AND import_id <> ALL (ARRAY(SELECT withdraws FROM import"                                                        \
    " WHERE lender = $2 AND withdraws IS NOT NULL AND recorded_at <= $4))"                                             \
    " ORDER BY uscc" KEY(FACT_SQL_NAME, 0) NEWEST ", import_id DESC) t"                                                \
    " WHERE NOT removed AND valid_from <= $3 ORDER BY uscc" KEY(FACT_SQL_NAME, 0)

#define FACT_SQL_HISTORY(table, KEY, VALUES)                                                                           \
    "SELECT uscc" KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0)                                                       \
    ", valid_from, source_row, removed, recorded_at, import_id, coalesce(superseded_by, 0) AS superseded_by FROM " table \
    " WHERE uscc = $1 AND lender = $2 ORDER BY uscc" KEY(FACT_SQL_NAME, 0) ", valid_from, import_id"

/* $1 uscc, $2 lender or NULL, $3 as of, $4 known at, $5 lender and $6 key of the last on the page before, $7 key or NULL, $8 its
 * beginning or NULL, $9 limit. What is left of each key as in FACT_SQL_READ, with where it comes from. */
#define FACT_SQL_PAGE(table, KEY, VALUES, NOT_AFTER, NEWEST)                                                           \
    "SELECT t.uscc" KEY(FACT_SQL_HERE, 0) VALUES(FACT_SQL_HERE, 0)                                                     \
    ", t.lender, t.valid_from, t.source_row, t.removed, t.recorded_at, t.import_id, 0::bigint AS superseded_by, t.fact_key," \
    " i.kind AS import_kind, i.actor AS import_actor, i.file_name AS import_file, 0::bigint AS withdrawn_by"           \
    " FROM (SELECT DISTINCT ON (uscc, lender" KEY(FACT_SQL_NAME, 0) ") uscc, lender, valid_from, source_row, removed," \
    " recorded_at, import_id, fact_key" KEY(FACT_SQL_NAME, 0) VALUES(FACT_SQL_NAME, 0) " FROM " table " f" FACT_SQL_KEY(KEY) \
    " WHERE uscc = $1 AND ($2::text IS NULL OR lender = $2) AND recorded_at <= $4" NOT_AFTER                           \
    " AND (lender, fact_key) > ($5, $6) AND ($7::text IS NULL OR fact_key = $7)"                                       \
    " AND ($8::text IS NULL OR starts_with(fact_key, $8))"                                                             \
    " AND NOT EXISTS (SELECT FROM import w WHERE w.lender = f.lender COLLATE \"default\" AND w.withdraws = f.import_id" \
    " AND w.recorded_at <= $4) ORDER BY uscc, lender" KEY(FACT_SQL_NAME, 0) NEWEST ", import_id DESC) t"               \
    " JOIN import i ON i.lender = t.lender COLLATE \"default\" AND i.id = t.import_id"                                 \
    " WHERE NOT t.removed AND t.valid_from <= $3 ORDER BY t.lender, t.fact_key LIMIT $9"

/* $1 uscc, $2 lender or NULL, $3 key, $4 limit: what was ever said of one key, the newest first, whatever became of it. */
#define FACT_SQL_TOLD(table, KEY, VALUES)                                                                              \
    "SELECT t.uscc" KEY(FACT_SQL_HERE, 0) VALUES(FACT_SQL_HERE, 0)                                                     \
    ", t.lender, t.valid_from, t.source_row, t.removed, t.recorded_at, t.import_id,"                                   \
    " coalesce(t.superseded_by, 0) AS superseded_by, k.fact_key, i.kind AS import_kind, i.actor AS import_actor,"      \
    " i.file_name AS import_file, coalesce(w.id, 0) AS withdrawn_by FROM " table " t" FACT_SQL_KEY(KEY)                \
    " JOIN import i ON i.lender = t.lender COLLATE \"default\" AND i.id = t.import_id"                                 \
    " LEFT JOIN import w ON w.lender = i.lender AND w.withdraws = i.id"                                                \
    " WHERE t.uscc = $1 AND ($2::text IS NULL OR t.lender = $2) AND k.fact_key = $3"                                   \
    " ORDER BY t.lender, t.import_id DESC, t.valid_from DESC LIMIT $4"

#define FACT_TABLE(variable, table, ROW, KEY, VALUES, write_sql, read_sql, page_sql)                                             \
    static const struct fact_column variable##_COLUMNS[] = {                                                           \
        KEY(FACT_COLUMN_OF, ROW) VALUES(FACT_COLUMN_OF, ROW){NULL, FACT_COLUMN_TEXT, 0, NULL}};                        \
    const struct fact_table variable = {                                                                               \
        table,                                                                                                         \
        sizeof(ROW),                                                                                                   \
        variable##_COLUMNS,                                                                                            \
        sizeof variable##_COLUMNS / sizeof *variable##_COLUMNS - 1,                                                    \
        0 KEY(FACT_COLUMN_ONE, ROW),                                                                                   \
        {"stage_" table, FACT_SQL_STAGE(table, KEY, VALUES)},                                                          \
        {"copy_" table, FACT_SQL_COPY(table, KEY, VALUES)},                                                            \
        {"clear_" table, "DELETE FROM stage_" table},                                                                  \
        {"empty_" table, "TRUNCATE stage_" table},                                                                     \
        {"write_" table, write_sql},                                                                                   \
        {"read_" table, read_sql},                                                                                     \
        {"history_" table, FACT_SQL_HISTORY(table, KEY, VALUES)},                                                      \
        {"page_" table, page_sql},                                                                                     \
        {"told_" table, FACT_SQL_TOLD(table, KEY, VALUES)},                                                            \
    }

/* A table by days, and one of events: a file-scope definition of `const struct fact_table variable`. */
#define FACT_TABLE_BY_DAYS(variable, table, ROW, noun)                                                                 \
    FACT_TABLE(variable, table, ROW, noun##_KEY, noun##_VALUES,                                                        \
               FACT_SQL_WRITE(table, noun##_KEY, noun##_VALUES, ", valid_from", "", "", "",                            \
                              " AND t.valid_from <= given.valid_from", "t.valid_from DESC, ",                          \
                              "t.valid_from = given.valid_from"),                                                 \
               FACT_SQL_READ(table, noun##_KEY, noun##_VALUES, " AND valid_from <= $3", ", valid_from DESC"),           \
               FACT_SQL_PAGE(table, noun##_KEY, noun##_VALUES, " AND valid_from <= $3", ", valid_from DESC"))
#define FACT_TABLE_OF_EVENTS(variable, table, ROW, noun)                                                               \
    FACT_TABLE(variable, table, ROW, noun##_KEY, noun##_VALUES,                                                        \
               FACT_SQL_WRITE(table, noun##_KEY, noun##_VALUES, "", ", valid_from", ", t.valid_from", ", given.valid_from", "", \
                              "", "true"),                                                                             \
               FACT_SQL_READ(table, noun##_KEY, noun##_VALUES, "", ""),                                                \
               FACT_SQL_PAGE(table, noun##_KEY, noun##_VALUES, "", ""))

#endif
