#include "api/codec/json_values.h"

void json_write_date(struct json_writer *json, const char *name, struct date date)
{
    char text[DATE_TEXT_SIZE];

    if (date_is_none(date))
        json_write_null(json, name);
    else
        json_write_text(json, name, date_format(date, text));
}

void json_write_integer_if(struct json_writer *json, const char *name, bool is_there, int64_t value)
{
    if (is_there)
        json_write_integer(json, name, value);
    else
        json_write_null(json, name);
}

void json_write_texts(struct json_writer *json, const char *name, const char *zh, const char *en)
{
    json_write_object(json, name);
    json_write_text(json, "en", en);
    json_write_text(json, "zh", zh);
    json_write_end(json);
}
