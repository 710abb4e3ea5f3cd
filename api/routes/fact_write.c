#include "api/routes/fact_write.h"

#include "api/routes/access.h"
#include "audit/record.h"
#include "base/bytes.h"
#include "base/cleanup.h"

struct fact_shown fact_shown_at(const struct fact_form *form, const char *uscc, const struct fact_page *page, size_t i)
{
    return (struct fact_shown){
        form, uscc, (const char *)page->rows + i * form->table->row_size, &page->told[i]};
}

static void write_number(struct json_writer *writer, const char *name, int64_t number)
{
    if (number == 0)
        json_write_null(writer, name);
    else
        json_write_integer(writer, name, number);
}

static void write_source(const struct fact_shown *fact, struct json_writer *writer)
{
    const struct fact_row *head = fact->row;

    json_write_object(writer, "source");
    json_write_text(writer, "actor", fact->told->import_actor);
    if (fact->told->import_file == NULL)
        json_write_null(writer, "file");
    else
        json_write_text(writer, "file", fact->told->import_file);
    json_write_integer(writer, "import", fact->told->import_id);
    json_write_text(writer, "kind", fact->told->import_kind);
    write_number(writer, "row", head->source_row);
    json_write_end(writer);
}

static void write_head(const struct fact_shown *fact, struct arena *arena, struct json_writer *writer)
{
    json_write_text(writer, "collection", fact->form->name);
    json_write_text(writer, "key", fact_key_format(fact->told->key, arena));
    json_write_text(writer, "lender", fact->told->lender);
}

static void write_recorded(const struct fact_shown *fact, struct json_writer *writer)
{
    char at[RECORD_AT_TEXT_SIZE];

    json_write_text(writer, "recorded_at", record_at_format(fact->told->recorded_at_us, at));
}

static void write_value(const struct fact_shown *fact, struct json_writer *writer)
{
    const struct fact_row *head = fact->row;
    char day[DATE_TEXT_SIZE];

    json_write_text(writer, "uscc", fact->uscc);
    json_write_text(writer, "valid_from", date_format(head->valid_from, day));
    fact_value_write(fact->form, fact->row, "value", writer);
}

/* ------------------------------------------------------------------- parts */

enum { PART_LIMIT = 100 };

/* The first page of what belongs to the fact: a list's own form, to be gone on with ?under= and ?cursor=. */
static enum zcd_code write_part(const struct fact_shown *whole, enum fact_form_number part, const struct fact_query *query,
                                struct db *db, struct arena *arena, struct json_writer *writer, struct zcd_error *err)
{
    const struct fact_form *form = fact_form_at(part);
    struct fact_question question = fact_query_question(query, whole->told->lender);
    ZCD_AUTO(buffer_done)
    struct buffer beginning = {0};
    struct fact_page page;

    buffer_append_format(&beginning, "%s,", whole->told->key);
    question.key = NULL;
    question.beginning = (const char *)beginning.data;
    question.after_lender = question.after_key = "";
    question.limit = PART_LIMIT + 1;
    enum zcd_code code = fact_table_page(db, form->table, &question, arena, &page, err);
    if (code != ZCD_OK)
        return code;
    size_t count = page.count > PART_LIMIT ? PART_LIMIT : page.count;
    json_write_object(writer, form->name);
    json_write_array(writer, "facts");
    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        struct fact_shown fact = fact_shown_at(form, whole->uscc, &page, i);
        code = fact_write(&fact, NULL, NULL, db, arena, writer, err);
    }
    json_write_end(writer);
    fact_query_write_next(writer, page.count > count, count == 0 ? NULL : page.told[count - 1].lender,
                          count == 0 ? NULL : page.told[count - 1].key, arena);
    json_write_end(writer);
    return code;
}

static enum zcd_code may_see(const struct caller *caller, struct db *db, const struct fact_shown *whole,
                             enum fact_form_number part, bool *may, struct zcd_error *err)
{
    enum zcd_code code =
        access_check_facts(caller, db, whole->uscc, whole->told->lender, fact_query_scope(part), NULL, err);

    *may = code == ZCD_OK;
    return code == ZCD_NOT_FOUND ? ZCD_OK : code;
}

static enum zcd_code write_parts(const struct fact_shown *whole, const struct fact_query *query, const struct caller *caller,
                                 struct db *db, struct arena *arena, struct json_writer *writer, struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;
    bool has_parts = false;

    for (int part = 0; code == ZCD_OK && part < FACT_FORM_COUNT; part++) {
        enum fact_form_number parent = fact_form_at((enum fact_form_number)part)->parent;
        bool may = false;
        if (parent == FACT_FORM_NONE || fact_form_at(parent) != whole->form)
            continue;
        if (!has_parts)
            json_write_object(writer, "parts");
        has_parts = true;
        code = may_see(caller, db, whole, (enum fact_form_number)part, &may, err);
        if (code == ZCD_OK && may)
            code = write_part(whole, (enum fact_form_number)part, query, db, arena, writer, err);
    }
    if (has_parts)
        json_write_end(writer);
    return code;
}

/* ------------------------------------------------------------------- facts */

enum zcd_code fact_write(const struct fact_shown *fact, const struct fact_query *query, const struct caller *caller,
                         struct db *db, struct arena *arena, struct json_writer *writer, struct zcd_error *err)
{
    json_write_object(writer, NULL);
    write_head(fact, arena, writer);
    if (query != NULL && write_parts(fact, query, caller, db, arena, writer, err) != ZCD_OK)
        return err->code;
    write_recorded(fact, writer);
    write_source(fact, writer);
    write_value(fact, writer);
    json_write_end(writer);
    return ZCD_OK;
}

void fact_write_told(const struct fact_shown *fact, struct arena *arena, struct json_writer *writer)
{
    const struct fact_row *head = fact->row;

    json_write_object(writer, NULL);
    write_head(fact, arena, writer);
    write_recorded(fact, writer);
    json_write_boolean(writer, "removed", head->removed);
    write_source(fact, writer);
    write_number(writer, "superseded_by", fact->told->superseded_by);
    write_value(fact, writer);
    write_number(writer, "withdrawn_by", fact->told->withdrawn_by);
    json_write_end(writer);
}
