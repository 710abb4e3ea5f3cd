/*
 * fact_form.h - the facts of an organisation as JSON resources: one form for each table, all handled alike.
 *
 * The members of a fact's value are the table's columns under the names that the dossier gives them (design of
 * zhengcaidai/dossier/1): a day is "on", a reference to another thing bears that thing's noun ("payer", "contract"), and a thing's own id,
 * the last part of its key, is "id". What is not known is left out.
 *
 * A fact's key names it within its collection: the columns of the table's key in their order, with commas between them and each part
 * percent-encoded (RFC 3986 2.1), so that it can stand in a path: "c1,m1,t1". Thread: any.
 */
#ifndef API_CODEC_FACT_FORM_H
#define API_CODEC_FACT_FORM_H

#include "api/codec/json_writer.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"
#include "contracts/fact_table_store.h"

#include <stdbool.h>
#include <stddef.h>

enum fact_form_number {
    FACT_FORM_NONE = -1,
#define FACT_FORM(NAME, name, TABLE, SCOPE, PARENT, required, day, zh, en) FACT_FORM_##NAME,
#include "api/codec/fact_forms.def"
#undef FACT_FORM
    FACT_FORM_COUNT
};

struct fact_form {
    const char *name; /* "visits" */
    const struct fact_table *table;
    enum fact_form_number parent;
    const char *required;
    const char *day;
};

const struct fact_form *fact_form_at(enum fact_form_number number);

/* By name, without the organisation itself; FACT_FORM_NONE when there is none. */
enum fact_form_number fact_form_find(const char *name);

/*
 * A key as it stood in a path into the text by which the tables know it (FACT_SQL_KEY).
 *   sql_key  out  in the arena
 * ZCD_NOT_FOUND: it can be nobody's key, by the number of its parts or an escape that is none.
 */
enum zcd_code fact_key_read(const struct fact_form *form, const char *path_key, struct arena *arena,
                            const char **sql_key, struct zcd_error *err) ZCD_MUST_USE;

/* The way back; in the arena. */
const char *fact_key_format(const char *sql_key, struct arena *arena);

/* Write the value of a row as the member `name`. */
void fact_value_write(const struct fact_form *form, const void *row, const char *name, struct json_writer *writer);

/* The member of the value that shows the table's column number `column`. */
const char *fact_member_name(const struct fact_form *form, size_t column);

/* Is the column, the last of the key, the thing's own id? Any other column of an id's name refers to another thing. */
bool fact_column_is_own_id(const struct fact_table *table, size_t column);

/* Is that column a list of ids, a space between two in the table and an array in JSON? */
bool fact_column_is_list(const struct fact_column *column);

#endif
