#include "api/codec/csv_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where reading stands. Cells are unescaped in place, so that each is a text within the copy. */
struct reader {
    char *at;
    char *end;
    size_t line;   /* from 1, of the record at hand */
    size_t column; /* from 1 */
    struct buffer cells; /* uint32_t offsets into the copy */
    char *text;
    struct zcd_error *err;
};

static enum zcd_code refuse(const struct reader *reader, const char *rule)
{
    return zcd_fail(reader->err, ZCD_INVALID, "line %zu, column %zu: %s", reader->line, reader->column, rule);
}

/* ------------------------------------------------------------------ cells */

/* Unescape a quoted cell in place; its line feeds are counted. */
static enum zcd_code read_quoted(struct reader *reader, char **cell_end, size_t *line_feeds)
{
    char *to = reader->at;
    for (char *from = reader->at + 1; from < reader->end; from++) {
        if (*from != '"') {
            *line_feeds += *from == '\n';
            *to++ = *from;
        } else if (from + 1 < reader->end && from[1] == '"') {
            *to++ = '"';
            from++;
        } else {
            *cell_end = to;
            reader->at = from + 1;
            return ZCD_OK;
        }
    }
    return refuse(reader, "a quote does not end");
}

static enum zcd_code read_plain(struct reader *reader, char **cell_end)
{
    char *at = reader->at;
    while (at < reader->end && *at != ',' && *at != '\n' && *at != '\r') {
        if (*at == '"')
            return refuse(reader, "a quote stands in the middle of a cell");
        at++;
    }
    *cell_end = at;
    reader->at = at;
    return ZCD_OK;
}

/* One cell and what ends it: ',' more cells follow, '\n' the record is over. */
static enum zcd_code read_cell(struct reader *reader, char *separator, size_t *line_feeds)
{
    char *start = reader->at;
    char *cell_end = start;
    uint32_t offset = (uint32_t)(start - reader->text);
    enum zcd_code code = *start == '"' ? read_quoted(reader, &cell_end, line_feeds) : read_plain(reader, &cell_end);

    if (code != ZCD_OK)
        return code;
    if (cell_end - start > CSV_TABLE_CELL_SIZE_MAX)
        return refuse(reader, "a cell is longer than 1000 bytes");
    if (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    *separator = reader->at < reader->end ? *reader->at : '\n';
    if (*separator != ',' && *separator != '\n')
        return refuse(reader, "something stands behind a cell's closing quote or a carriage return");
    reader->at += reader->at < reader->end ? 1 : 0;
    *cell_end = '\0';
    buffer_append(&reader->cells, &offset, sizeof offset);
    return ZCD_OK;
}

/* A record; *count is its number of cells. A line feed within quotes belongs to the cell. */
static enum zcd_code read_record(struct reader *reader, size_t *count)
{
    char separator = ',';
    size_t line_feeds = 1;
    for (*count = 0; separator == ',';) {
        reader->column = *count + 1;
        if (*count == CSV_TABLE_COLUMNS_MAX)
            return refuse(reader, "more than 1000 columns");
        enum zcd_code code = read_cell(reader, &separator, &line_feeds);
        if (code != ZCD_OK)
            return code;
        ++*count;
    }
    reader->line += line_feeds;
    return ZCD_OK;
}

/* ------------------------------------------------------------------ columns */

static const char *cell_at(const struct reader *reader, size_t index)
{
    uint32_t offset;
    memcpy(&offset, reader->cells.data + index * sizeof offset, sizeof offset);
    return reader->text + offset;
}

/* A decimal number and nothing else; no hexadecimal, no "nan". The locale is the C one: nothing here sets another. */
static bool parse_number(const char *text, double *number)
{
    char *end;
    if (text[0] == '\0') {
        *number = NAN;
        return true;
    }
    if (text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *number = strtod(text, &end);
    return *end == '\0' && isfinite(*number);
}

static bool fill_numbers(const struct reader *reader, size_t rows, size_t columns, size_t column, double *number)
{
    bool any = false;
    for (size_t row = 0; row < rows; row++) {
        if (!parse_number(cell_at(reader, (row + 1) * columns + column), &number[row]))
            return false;
        any = any || !isnan(number[row]);
    }
    return any;
}

static enum zcd_code fill_categories(const struct reader *reader, size_t rows, size_t columns, size_t at, uint32_t *category,
                                     struct csv_column *column)
{
    for (size_t row = 0; row < rows; row++) {
        const char *text = cell_at(reader, (row + 1) * columns + at);
        size_t i = 0;
        while (i < column->category_count && strcmp(column->categories[i], text) != 0)
            i++;
        if (i == CSV_TABLE_CATEGORIES_MAX)
            return zcd_fail(reader->err, ZCD_INVALID, "column %.80s has more than 1000 different texts", column->name);
        if (i == column->category_count)
            column->categories[column->category_count++] = text;
        category[row] = (uint32_t)i;
    }
    return ZCD_OK;
}

static enum zcd_code fill_column(const struct reader *reader, struct arena *arena, size_t rows, size_t columns, size_t at,
                                 struct csv_column *column)
{
    double *number = ARENA_NEW(arena, double, rows);
    column->is_number = fill_numbers(reader, rows, columns, at, number);
    if (column->is_number) {
        column->number = number;
        return ZCD_OK;
    }
    uint32_t *category = ARENA_NEW(arena, uint32_t, rows);
    column->categories = ARENA_NEW(arena, const char *, CSV_TABLE_CATEGORIES_MAX);
    column->category = category;
    return fill_categories(reader, rows, columns, at, category, column);
}

static enum zcd_code check_heading(const struct reader *reader, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        if (cell_at(reader, i)[0] == '\0')
            return zcd_fail(reader->err, ZCD_INVALID, "line 1, column %zu: the heading is empty", i + 1);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(cell_at(reader, i), cell_at(reader, k)) == 0)
                return zcd_fail(reader->err, ZCD_INVALID, "line 1, column %zu: the heading stands twice", i + 1);
        }
    }
    return ZCD_OK;
}

/* Every record into cells; *columns is the heading's count, *rows what follows it. */
static enum zcd_code read_records(struct reader *reader, size_t *columns, size_t *rows)
{
    size_t records = 0;
    while (reader->at < reader->end) {
        size_t count;
        size_t line = reader->line;
        if (records > CSV_TABLE_ROWS_MAX)
            return refuse(reader, "more than 1,000,000 rows");
        if (read_record(reader, &count) != ZCD_OK)
            return reader->err->code;
        if (records == 0)
            *columns = count;
        if (count != *columns)
            return zcd_fail(reader->err, ZCD_INVALID, "line %zu: %zu cells, the heading has %zu", line, count, *columns);
        records++;
    }
    if (records < 2)
        return zcd_fail(reader->err, ZCD_INVALID, "a heading and at least one row are wanted");
    *rows = records - 1;
    return check_heading(reader, *columns);
}

static enum zcd_code read_table(struct reader *reader, struct arena *arena, struct csv_table *table)
{
    struct csv_table read;
    if (read_records(reader, &read.column_count, &read.row_count) != ZCD_OK)
        return reader->err->code;
    read.columns = ARENA_NEW(arena, struct csv_column, read.column_count);
    for (size_t i = 0; i < read.column_count; i++) {
        read.columns[i].name = cell_at(reader, i);
        if (fill_column(reader, arena, read.row_count, read.column_count, i, &read.columns[i]) != ZCD_OK)
            return reader->err->code;
    }
    *table = read;
    return ZCD_OK;
}

enum zcd_code csv_table_read(struct bytes text, struct arena *arena, struct csv_table *table, struct zcd_error *err)
{
    static const uint8_t MARK[] = {0xEF, 0xBB, 0xBF};
    if (!bytes_are_utf8(text) || (text.size > 0 && memchr(text.data, '\0', text.size) != NULL))
        return zcd_fail(err, ZCD_INVALID, "the file is not UTF-8 text");
    if (text.size >= UINT32_MAX)
        return zcd_fail(err, ZCD_INVALID, "the file is larger than 4 GiB");
    if (text.size >= sizeof MARK && memcmp(text.data, MARK, sizeof MARK) == 0)
        text = (struct bytes){text.data + sizeof MARK, text.size - sizeof MARK};

    struct reader reader = {.line = 1, .err = err};
    reader.text = arena_copy_bytes(arena, text.data, text.size);
    reader.at = reader.text;
    reader.end = reader.text + text.size;
    enum zcd_code code = read_table(&reader, arena, table);
    buffer_done(&reader.cells);
    return code;
}
