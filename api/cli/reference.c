#include "api/cli/cli.h"

#include "api/clock.h"
#include "api/codec/json_writer.h"
#include "api/reference.h"
#include "base/cleanup.h"
#include "base/region.h"

#include <stdio.h>
#include <string.h>

#define COMMAND "reference"
static const char USAGE[] =
    "zcd reference\n"
    "       The tables that are compiled in: one line of JSON each, with the days it covers and whether it has run out.\n"
    "zcd reference programmes [REGION]\n"
    "       What regions support social work with, one line of JSON each; with a GB/T 2260 code those that concern it.";

static void write_day(struct json_writer *writer, const char *name, struct date date)
{
    char text[DATE_TEXT_SIZE];

    if (date_is_none(date))
        json_write_null(writer, name);
    else
        json_write_text(writer, name, date_format(date, text));
}

static void print_table(const struct reference_table *table)
{
    ZCD_AUTO(buffer_done)
    struct buffer line = {0};
    struct json_writer writer;

    json_writer_init(&writer, &line);
    json_write_object(&writer, NULL);
    write_day(&writer, "first", table->first);
    write_day(&writer, "last", table->last);
    json_write_integer(&writer, "rows", (int64_t)table->row_count);
    json_write_text(&writer, "state", reference_state_name(table->state));
    json_write_text(&writer, "table", table->name);
    json_write_text(&writer, "text_en", table->en);
    json_write_text(&writer, "text_zh", table->zh);
    json_write_end(&writer);
    (void)printf("%s\n", (const char *)line.data);
}

static void print_programme(const struct regional_programme *programme)
{
    ZCD_AUTO(buffer_done)
    struct buffer line = {0};
    struct json_writer writer;

    json_writer_init(&writer, &line);
    json_write_object(&writer, NULL);
    json_write_integer(&writer, "as_of_year", programme->as_of_year);
    if (programme->has_figure)
        json_write_integer(&writer, "figure", programme->figure);
    json_write_text(&writer, "id", programme->id);
    json_write_text(&writer, "region", programme->region);
    json_write_text(&writer, "seed", programme->seed);
    json_write_text(&writer, "text_en", programme->en);
    json_write_text(&writer, "text_zh", programme->zh);
    if (programme->has_figure)
        json_write_text(&writer, "unit", programme->unit);
    json_write_end(&writer);
    (void)printf("%s\n", (const char *)line.data);
}

static int list_programmes(const char *code)
{
    struct region region;
    struct zcd_error err;

    if (code != NULL && region_parse(code, &region, &err) != ZCD_OK)
        return cli_fail(COMMAND, &err);
    for (size_t i = 0; i < REGIONAL_PROGRAMME_COUNT; i++) {
        if (code == NULL || regional_programme_concerns(&REGIONAL_PROGRAMMES[i], region.code))
            print_programme(&REGIONAL_PROGRAMMES[i]);
    }
    return cli_finish(COMMAND);
}

int cli_reference(int count, char **words)
{
    struct reference_table tables[REFERENCE_TABLE_COUNT];

    if (count >= 2 && count <= 3 && strcmp(words[1], "programmes") == 0)
        return list_programmes(count == 3 ? words[2] : NULL);
    if (count != 1)
        return cli_usage(USAGE);
    reference_look(clock_shanghai_day(clock_now_us()), tables);
    for (size_t i = 0; i < REFERENCE_TABLE_COUNT; i++)
        print_table(&tables[i]);
    return cli_finish(COMMAND);
}
