/*
 * csv_table.h - a CSV file with a heading as columns of numbers or of categories.
 *
 * RFC 4180: comma, optional quotes, "" for a quote, CRLF or LF. UTF-8, with or without a byte order mark. A column is numeric when every
 * cell that is not empty is a decimal number; otherwise its cells are categories, the empty text among them. Bounded: see below.
 * Thread: any.
 */
#ifndef API_CODEC_CSV_TABLE_H
#define API_CODEC_CSV_TABLE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define CSV_TABLE_COLUMNS_MAX 1000
#define CSV_TABLE_ROWS_MAX 1000000
#define CSV_TABLE_CELL_SIZE_MAX 1000
#define CSV_TABLE_CATEGORIES_MAX 1000 /* of one column */

struct csv_column {
    const char *name;          /* from the heading: not empty, unlike the others */
    bool is_number;
    const double *number;      /* where is_number: one per row; NAN for an empty cell */
    const uint32_t *category;  /* otherwise: index into categories */
    const char **categories;   /* in order of first appearance */
    size_t category_count;
};

struct csv_table {
    size_t row_count;
    size_t column_count;
    struct csv_column *columns;
};

/*
 * Read a table.
 *
 *   text   in   the whole file; not kept
 *   arena  in   the table lives there
 *   table  out
 *
 * ZCD_INVALID with a message that names line and column, of the first of these: not UTF-8, a NUL; a quote that does not end or
 * stands in the middle; a cell, a row count, a column count or a count of categories above its bound; a heading that is missing, empty
 * or stands twice; a row with another number of cells than the heading; no row at all.
 */
enum zcd_code csv_table_read(struct bytes text, struct arena *arena, struct csv_table *table, struct zcd_error *err) ZCD_MUST_USE;

#endif
