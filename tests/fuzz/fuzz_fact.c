/*
 * fuzz_fact.c - any bytes as a director's correction, as an officer's fact of every form, and as the refusal of a correction: refused with
 * a reason, or read; and what is read says the same when it is shown and read again.
 */
#include "tests/fuzz/fuzz.h"

#include "api/codec/fact_statement.h"
#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

static const struct date TODAY = {18931}; /* 2021-10-31 */

/* A key of each form, as the tables know it: those of the corpus. */
static const char *const KEYS[FACT_FORM_COUNT] = {
    [FACT_FORM_ORGANISATION] = "",
    [FACT_FORM_INSPECTIONS] = "2001",
    [FACT_FORM_GRADES] = "2001-05-01",
    [FACT_FORM_EVALUATIONS] = "2001",
    [FACT_FORM_LISTS] = "abnormal_activity,2001-05-04",
    [FACT_FORM_STAFF] = "2001-12-31",
    [FACT_FORM_STATEMENTS] = "2001",
    [FACT_FORM_LINKED_RESOURCES] = "volunteers,2001-06-30,1",
    [FACT_FORM_PAYERS] = "p1",
    [FACT_FORM_CONTRACTS] = "c1",
    [FACT_FORM_MILESTONES] = "c1,m1",
    [FACT_FORM_PAYMENTS] = "c1,m1,t1",
    [FACT_FORM_SECURITY] = "c1,account_lock",
    [FACT_FORM_FACILITIES] = "f1",
    [FACT_FORM_DEFERRALS] = "f1,2020-05-10,2020-05-21",
    [FACT_FORM_INSTALMENTS] = "f1,2020-12-21,1",
    [FACT_FORM_REPAYMENTS] = "f1,2020-12-21,1,2020-12-21,1",
    [FACT_FORM_MONITORING_EVENTS] = "e1",
    [FACT_FORM_VISITS] = "v1",
    [FACT_FORM_MATCHING_MEETINGS] = "m1",
};

static void must_be_refused(const struct zcd_error *err)
{
    MUST((err->code == ZCD_INVALID || err->code == ZCD_NOT_FOUND) && err->message[0] != '\0');
}

/* As GET shows it, in the body of a PUT. */
static struct bytes show(const struct fact_form *form, const struct fact_statement *statement, struct buffer *json)
{
    const struct fact_row *head = statement->row;
    struct json_writer writer;
    char day[DATE_TEXT_SIZE];
    struct zcd_error err;

    MUST(!head->removed && date_compare(head->valid_from, TODAY) <= 0);
    json_writer_init(&writer, json);
    json_write_object(&writer, NULL);
    json_write_text(&writer, "reason", statement->reason);
    json_write_text(&writer, "valid_from", date_format(head->valid_from, day));
    fact_value_write(form, statement->row, "value", &writer);
    json_write_end(&writer);
    MUST(json_writer_finish(&writer, &err) == ZCD_OK);
    return buffer_bytes(json);
}

static void try_statement(enum fact_form_number number, struct bytes json, struct arena *arena)
{
    const struct fact_form *form = fact_form_at(number);
    ZCD_AUTO(buffer_done)
    struct buffer first = {0};
    ZCD_AUTO(buffer_done)
    struct buffer second = {0};
    struct fact_statement statement;
    struct zcd_error err = {.code = ZCD_OK};

    if (fact_statement_decode(form, KEYS[number], json, TODAY, arena, &statement, &err) != ZCD_OK) {
        must_be_refused(&err);
        return;
    }
    struct bytes shown = show(form, &statement, &first);
    MUST(fact_statement_decode(form, KEYS[number], shown, TODAY, arena, &statement, &err) == ZCD_OK);
    struct bytes again = show(form, &statement, &second);
    MUST(shown.size == again.size && memcmp(shown.data, again.data, shown.size) == 0);
}

/* A row of the form that may be there already; NULL where the filing is none of the form's values. */
static const void *row_of(const struct fact_form *form, const char *key, struct bytes json, struct arena *arena)
{
    struct fact_filing filing;
    struct zcd_error err;

    return fact_filing_decode_value(form, key, json, NULL, TODAY, arena, &filing, &err) == ZCD_OK ? filing.row : NULL;
}

static void try_proposal(const struct fact_form *form, const char *key, struct bytes json, const void *now,
                         const struct fact_filing *said, struct arena *arena)
{
    struct fact_filing filing = *said, again = *said;
    struct zcd_error err = {.code = ZCD_OK};

    if (fact_filing_decode_value(form, key, json, now, TODAY, arena, &filing, &err) != ZCD_OK) {
        must_be_refused(&err);
        return;
    }
    const struct fact_row *head = filing.row;
    MUST(head->removed == said->removed && (now != NULL || !head->removed));
    MUST(fact_filing_decode_value(form, key, bytes_of_text(filing.proposed), now, TODAY, arena, &again, &err) == ZCD_OK);
    MUST(strcmp(filing.proposed, again.proposed) == 0);
}

static void try_filing(struct bytes json, struct arena *arena)
{
    struct fact_filing filing;
    struct zcd_error err = {.code = ZCD_OK};
    const char *key, *again;

    if (fact_filing_decode(json, arena, &filing, &err) != ZCD_OK) {
        must_be_refused(&err);
        return;
    }
    enum fact_form_number number = strcmp(filing.collection, "organisation") == 0 ? FACT_FORM_ORGANISATION : fact_form_find(filing.collection);
    if (number == FACT_FORM_NONE)
        return;
    const struct fact_form *form = fact_form_at(number);
    if (fact_key_read(form, filing.key, arena, &key, &err) != ZCD_OK) {
        must_be_refused(&err);
        return;
    }
    MUST(fact_key_read(form, fact_key_format(key, arena), arena, &again, &err) == ZCD_OK && strcmp(key, again) == 0);
    try_proposal(form, key, json, NULL, &filing, arena);
    try_proposal(form, key, json, row_of(form, key, json, arena), &filing, arena);
    /* A removal of what is there: of a row with nothing but its head, as of the form's first day. */
    struct fact_row *now = arena_alloc(arena, 1, form->table->row_size);
    now->valid_from = (struct date){18262}; /* 2020-01-01 */
    try_proposal(form, key, json, now, &filing, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes json = {data, size};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const char *reason = NULL;
    struct zcd_error err = {.code = ZCD_OK};

    try_filing(json, &arena);
    for (int form = 0; form < FACT_FORM_COUNT; form++)
        try_statement((enum fact_form_number)form, json, &arena);
    if (fact_refusal_decode(json, &arena, &reason, &err) != ZCD_OK)
        must_be_refused(&err);
    else
        MUST(*reason != '\0');
    return 0;
}
