#include "api/codec/fact_statement.h"

#include "api/codec/decode.h"
#include "api/codec/json_writer.h"
#include "base/cleanup.h"
#include "base/money.h"
#include "contracts/dossier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 40, REASON_SIZE_MAX = 2000, LIST_ITEM_SIZE_MAX = 256 };

/* ------------------------------------------------------------------- rules */

/* Numbers: by default an amount is 0 to MONEY_FEN_MAX, a count 0 to DOSSIER_PEOPLE_MAX. The first row that fits counts. */
static const struct bound {
    const char *form; /* NULL: any */
    const char *column;
    int64_t min, max;
} BOUNDS[] = {
    {"linked-resources", "amount_fen", 0, MONEY_FEN_MAX},
    {NULL, "amount_fen", 1, MONEY_FEN_MAX},
    {NULL, "value_fen", 1, MONEY_FEN_MAX},
    {NULL, "unrestricted_net_assets_fen", -MONEY_FEN_MAX, MONEY_FEN_MAX},
    {NULL, "restricted_net_assets_fen", -MONEY_FEN_MAX, MONEY_FEN_MAX},
    {NULL, "payroll_day", 1, 31},
    {NULL, "payment_term_days", 0, DOSSIER_TERM_DAYS_MAX},
    {NULL, "renewals", 0, 100},
    {NULL, "year", 1990, 2150},
    {NULL, "number", 1, 100000},
    {NULL, "part", 1, 100000},
};

/* Texts: bytes at most; by default those of a name. What may have line breaks and tabs is a note. */
static const struct text_rule {
    const char *column;
    size_t size_max;
    bool is_note;
} TEXTS[] = {
    {"title", DOSSIER_TITLE_SIZE_MAX, false}, {"note", DOSSIER_NOTE_SIZE_MAX, true}, {"outcome", DOSSIER_NOTE_SIZE_MAX, true},
    {"provenance", DOSSIER_NOTE_SIZE_MAX, true}, {"reference", DOSSIER_ID_SIZE_MAX, false},
};

/* Days of what has happened: not after today. */
static const char *const PAST[] = {"registered_on", "granted_on", "entered_on", "removed_on", "awarded_on", "signed_on",
                                   "published_on",  "accepted_on", "invoiced_on", "paid_on", "opened_on", "agreed_on", "on_day"};

/* The second is not before, or not above, the first. */
static const struct order {
    const char *form, *first, *second;
} ORDERS[] = {
    {"organisation", "restricted_cash_fen", "cash_fen"},
    {"lists", "entered_on", "removed_on"},
    {"staff", "licensed_assistant", "total"},
    {"staff", "licensed_intermediate", "total"},
    {"staff", "licensed_senior", "total"},
    {"statements", "public_income_fen", "income_fen"},
    {"contracts", "awarded_on", "signed_on"},
    {"contracts", "signed_on", "published_on"},
    {"contracts", "starts_on", "ends_on"},
    {"contracts", "retained_fen", "value_fen"},
    {"contracts", "disputed_fen", "value_fen"},
    {"milestones", "deducted_fen", "amount_fen"},
    {"facilities", "opened_on", "matures_on"},
    {"facilities", "outstanding_fen", "limit_fen"},
    {"deferrals", "from_on", "to_on"},
};

static const struct bound *find_bound(const struct fact_form *form, const char *column)
{
    for (size_t i = 0; i < sizeof BOUNDS / sizeof *BOUNDS; i++) {
        if (strcmp(BOUNDS[i].column, column) == 0 && (BOUNDS[i].form == NULL || strcmp(BOUNDS[i].form, form->name) == 0))
            return &BOUNDS[i];
    }
    return NULL;
}

/* Does the word stand among those with a space between two? */
static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- decoding */

/* What the body is read into, */
struct body {
    struct date valid_from;
    const char *reason;
};

/* behind it this, and behind that the row of the form's table. */
struct value_head {
    const char *const *list; /* of the one column that is a list of ids */
    size_t list_count;
};

static size_t aligned(size_t size)
{
    size_t align = _Alignof(max_align_t);
    return (size + align - 1) / align * align;
}

static enum decode_type decode_type_of(const struct fact_column *column)
{
    switch (column->type) {
    case FACT_COLUMN_ID:
    case FACT_COLUMN_TEXT:
        return DECODE_TYPE_TEXT;
    case FACT_COLUMN_INT4:
    case FACT_COLUMN_COUNT:
        return DECODE_TYPE_INT32;
    case FACT_COLUMN_FEN:
        return DECODE_TYPE_INT64;
    case FACT_COLUMN_YES:
        return DECODE_TYPE_BOOL;
    case FACT_COLUMN_DATE:
        return DECODE_TYPE_DATE;
    case FACT_COLUMN_CODE:
    case FACT_COLUMN_ID_CODE:
        return DECODE_TYPE_CODE;
    case FACT_COLUMN_REGION:
        return DECODE_TYPE_REGION;
    case FACT_COLUMN_USCC:
        return DECODE_TYPE_USCC;
    }
    abort(); /* no other type stands in a table */
}

static struct decode_field field_of(const struct fact_form *form, size_t i)
{
    const struct fact_column *column = &form->table->columns[i];
    const struct bound *bound = find_bound(form, column->name);
    bool is_fen = column->type == FACT_COLUMN_FEN;
    struct decode_field field = {
        .name = fact_member_name(form, i),
        .type = decode_type_of(column),
        .presence = has_word(form->required, column->name) ? DECODE_REQUIRED : DECODE_OPTIONAL,
        .offset = aligned(sizeof(struct value_head)) + column->offset,
        .min = bound != NULL ? bound->min : 0,
        .max = bound != NULL ? bound->max : is_fen ? MONEY_FEN_MAX : DOSSIER_PEOPLE_MAX,
        .missing = is_fen ? DOSSIER_FEN_NONE : column->type == FACT_COLUMN_YES ? 0 : DOSSIER_COUNT_NONE,
        .codes = column->codes,
    };

    if (fact_column_is_list(column)) {
        field.type = DECODE_TYPE_TEXTS;
        field.offset = offsetof(struct value_head, list);
        field.count_offset = offsetof(struct value_head, list_count);
    }
    return field;
}

enum { STATEMENT_FIELDS = 3, FILING_FIELDS = 8 };

/* False when it is no JSON. */
static bool decode(const struct fact_form *form, bool is_filing, struct bytes json, struct arena *arena, const struct body **body,
                   struct value_head **head, struct error_list *list)
{
    struct decode_field values[COLUMNS_MAX];
    struct decode_object value = {aligned(sizeof(struct value_head)) + form->table->row_size, values, form->table->column_count};
    const size_t offset = aligned(sizeof(struct body));
    const struct decode_field fields[] = {
        {.name = "value", .type = DECODE_TYPE_OBJECT, .presence = DECODE_REQUIRED, .offset = offset, .element_size = value.size, .object = &value},
        DECODE_DATE(struct body, valid_from, OPTIONAL),
        DECODE_TEXT(struct body, reason, OPTIONAL),
        DECODE_IGNORED("collection"), /* of a filing, read by itself */
        DECODE_IGNORED("key"),
        DECODE_IGNORED("lender"),
        DECODE_IGNORED("evidence"),
        DECODE_IGNORED("removed"),
    };
    const struct decode_object whole = {offset + value.size, fields, is_filing ? FILING_FIELDS : STATEMENT_FIELDS};
    void *made;

    assert(form->table->column_count <= COLUMNS_MAX);
    for (size_t i = 0; i < form->table->column_count; i++)
        values[i] = field_of(form, i);
    if (!decode_document_all(json, &whole, arena, &made, list))
        return false;
    *body = made;
    *head = (void *)((char *)made + offset);
    return true;
}

/* --------------------------------------------------------------------- key */

static enum zcd_code fail_key(struct zcd_error *err)
{
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no such fact");
}

/* One part of the key, as the tables write it, into its member. */
static enum zcd_code read_part(const struct fact_form *form, const struct fact_column *column, char *part, void *member,
                               struct zcd_error *err)
{
    const struct bound *bound = find_bound(form, column->name);
    int number = 0;
    char *end;

    switch (column->type) {
    case FACT_COLUMN_ID:
        *(const char **)member = part;
        return strlen(part) <= 256 ? ZCD_OK : fail_key(err);
    case FACT_COLUMN_INT4:
        number = (int)strtol(part, &end, 10);
        *(int32_t *)member = number;
        return *part >= '1' && *part <= '9' && *end == '\0' && strlen(part) <= 6 && bound != NULL && number >= bound->min
                       && number <= bound->max
                   ? ZCD_OK
                   : fail_key(err);
    case FACT_COLUMN_DATE:
        return date_parse(part, (struct date *)member, err) == ZCD_OK ? ZCD_OK : fail_key(err);
    case FACT_COLUMN_CODE:
        if (!codelist_find(column->codes, part, &number))
            return fail_key(err);
        memcpy(member, &number, sizeof number);
        return ZCD_OK;
    case FACT_COLUMN_TEXT:
    case FACT_COLUMN_COUNT:
    case FACT_COLUMN_FEN:
    case FACT_COLUMN_YES:
    case FACT_COLUMN_ID_CODE:
    case FACT_COLUMN_REGION:
    case FACT_COLUMN_USCC:
        break;
    }
    return fail_key(err); /* stands in no key of a form */
}

/* "%25" and "%2C" undone, in place. */
static void unescape(char *part)
{
    char *to = part;

    for (const char *from = part; *from != '\0'; from++) {
        bool is_escape = *from == '%' && from[1] != '\0' && from[2] != '\0';
        *to++ = !is_escape ? *from : from[2] == '5' ? '%' : ',';
        from += is_escape ? 2 : 0;
    }
    *to = '\0';
}

/* Only a payment may stand without its milestone. */
static bool may_be_empty(const struct fact_form *form, const char *column)
{
    return strcmp(form->name, "payments") == 0 && strcmp(column, "milestone_id") == 0;
}

static enum zcd_code read_key(const struct fact_form *form, const char *sql_key, struct arena *arena, void *row,
                              struct zcd_error *err)
{
    char *rest = arena_copy_text(arena, sql_key);

    for (size_t i = 0; i < form->table->key_count; i++) {
        const struct fact_column *column = &form->table->columns[i];
        char *part = strsep(&rest, ",");
        if (part == NULL || (*part == '\0' && !may_be_empty(form, column->name)))
            return fail_key(err);
        unescape(part);
        if (read_part(form, column, part, (char *)row + column->offset, err) != ZCD_OK)
            return err->code;
    }
    return ZCD_OK;
}

/* Members of the key: given as in the path, or not at all; then the path's. */
static bool takes_key(const struct fact_column *column, void *said, const void *path)
{
    switch (column->type) {
    case FACT_COLUMN_ID: {
        const char **id = said;
        bool agrees = *id == NULL || **id == '\0' || strcmp(*id, *(const char *const *)path) == 0;
        *id = *(const char *const *)path;
        return agrees;
    }
    case FACT_COLUMN_INT4:
    case FACT_COLUMN_DATE:
    case FACT_COLUMN_CODE: {
        int32_t given, meant;
        memcpy(&given, said, sizeof given);
        memcpy(&meant, path, sizeof meant);
        memcpy(said, path, sizeof meant);
        int32_t none = column->type == FACT_COLUMN_DATE ? DATE_NONE.days : column->type == FACT_COLUMN_CODE ? 0 : DOSSIER_COUNT_NONE;
        return given == none || given == meant;
    }
    case FACT_COLUMN_TEXT:
    case FACT_COLUMN_COUNT:
    case FACT_COLUMN_FEN:
    case FACT_COLUMN_YES:
    case FACT_COLUMN_ID_CODE:
    case FACT_COLUMN_REGION:
    case FACT_COLUMN_USCC:
        break;
    }
    return true; /* stands in no key of a form */
}

static void take_key(const struct fact_form *form, void *row, const void *path, const struct error_place *value)
{
    for (size_t i = 0; i < form->table->key_count; i++) {
        const struct fact_column *column = &form->table->columns[i];
        if (!takes_key(column, (char *)row + column->offset, (const char *)path + column->offset))
            error_add(value, fact_member_name(form, i), "is another than in the path");
    }
}

/* ---------------------------------------------------------------- checking */

static const char *bad_text(const char *text, size_t size_max, bool is_note)
{
    if (strlen(text) > size_max)
        return "is too long";
    for (const char *c = text; *c != '\0'; c++) {
        if (((unsigned char)*c < 0x20 && !(is_note && (*c == '\n' || *c == '\t'))) || *c == 0x7f)
            return "has a control character";
    }
    return NULL;
}

/* An empty text is kept as none, and so is no value of a column without which a fact says nothing. */
static void check_text(const struct fact_form *form, const struct fact_column *column, const char *member, const char *text,
                       const struct error_place *value)
{
    size_t size_max = column->type == FACT_COLUMN_ID ? LIST_ITEM_SIZE_MAX : DOSSIER_NAME_SIZE_MAX;
    bool is_note = false;

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        if (strcmp(TEXTS[i].column, column->name) == 0) {
            size_max = TEXTS[i].size_max;
            is_note = TEXTS[i].is_note;
        }
    }
    const char *fault = bad_text(text, size_max, is_note);
    if (fault == NULL && *text == '\0' && has_word(form->required, column->name) && error_place_is_sound(value, member))
        fault = "is empty";
    if (fault != NULL)
        error_add(value, member, "%s", fault);
    else if (strcmp(column->name, "currency") == 0 && *text != '\0'
             && (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
        error_add(value, member, "is no code of ISO 4217");
}

static bool is_past(const char *column)
{
    for (size_t i = 0; i < sizeof PAST / sizeof *PAST; i++) {
        if (strcmp(PAST[i], column) == 0)
            return true;
    }
    return false;
}

static void check_members(const struct fact_form *form, const void *row, struct date today, const struct error_place *value)
{
    for (size_t i = 0; i < form->table->column_count; i++) {
        const struct fact_column *column = &form->table->columns[i];
        const void *member = (const char *)row + column->offset;
        bool is_text = column->type == FACT_COLUMN_TEXT || column->type == FACT_COLUMN_ID;
        if (is_text && !fact_column_is_list(column))
            check_text(form, column, fact_member_name(form, i), *(const char *const *)member, value);
        if (column->type == FACT_COLUMN_DATE && is_past(column->name)
            && date_compare(*(const struct date *)member, today) > 0)
            error_add(value, fact_member_name(form, i), "is after today");
    }
}

/* The kinds of evidence are the database's own list. */
static void check_security(const struct fact_form *form, const void *row, const struct error_place *value)
{
    static const char *const kinds[] = {"account_lock", "pledge_registration", "buyer_confirmation"};
    bool is_known = false;

    if (strcmp(form->name, "security") != 0)
        return;
    const char *kind = *(const char *const *)((const char *)row + form->table->columns[1].offset);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        is_known = is_known || strcmp(kinds[i], kind) == 0;
    if (!is_known)
        error_add(value, "kind", "is no kind of evidence");
}

static size_t column_index(const struct fact_table *table, const char *name)
{
    size_t i = 0;

    while (strcmp(table->columns[i].name, name) != 0)
        i++;
    return i;
}

/* Of an amount, a count or a day that is given. */
static bool number_of(const struct fact_column *column, const void *row, int64_t *number)
{
    const void *member = (const char *)row + column->offset;

    if (column->type == FACT_COLUMN_FEN) {
        *number = *(const int64_t *)member;
        return *number != DOSSIER_FEN_NONE;
    }
    *number = *(const int32_t *)member;
    return column->type == FACT_COLUMN_DATE ? !date_is_none(*(const struct date *)member) : *number != DOSSIER_COUNT_NONE;
}

static void check_orders(const struct fact_form *form, const void *row, const struct error_place *value)
{
    for (size_t i = 0; i < sizeof ORDERS / sizeof *ORDERS; i++) {
        if (strcmp(ORDERS[i].form, form->name) != 0)
            continue;
        size_t first = column_index(form->table, ORDERS[i].first), second = column_index(form->table, ORDERS[i].second);
        const char *names[] = {fact_member_name(form, first), fact_member_name(form, second)};
        bool is_day = form->table->columns[first].type == FACT_COLUMN_DATE;
        int64_t a, b;
        if (error_place_are_sound(value, names, 2) && number_of(&form->table->columns[first], row, &a)
            && number_of(&form->table->columns[second], row, &b) && a > b)
            error_add(value, names[is_day ? 1 : 0], is_day ? "is before %s" : "is above %s", names[is_day ? 0 : 1]);
    }
}

/* --------------------------------------------------------------- valid from */

/* Of what has a day of its own, that; else the one that is said; else today. */
static void take_valid_from(const struct fact_form *form, void *row, struct date said, struct date today,
                            const struct error_place *document)
{
    const struct date earliest = {DOSSIER_AS_OF_MIN_DAYS};
    const struct error_place value = error_place_member(document, "value");
    struct fact_row *head = row;

    if (*form->day == '\0') {
        head->valid_from = date_is_none(said) ? today : said;
        if (date_compare(head->valid_from, today) > 0)
            error_add(document, "valid_from", "is after today");
        if (date_compare(head->valid_from, earliest) < 0)
            error_add(document, "valid_from", "is before 1990");
        return;
    }
    size_t day = column_index(form->table, form->day);
    head->valid_from = *(const struct date *)((const char *)row + form->table->columns[day].offset);
    if (!date_is_none(head->valid_from) && date_compare(head->valid_from, earliest) < 0)
        error_add(&value, fact_member_name(form, day), "is before 1990");
    if (!date_is_none(said) && date_compare(said, head->valid_from) != 0)
        error_add(document, "valid_from", "is another day than %s", fact_member_name(form, day));
}

static void join_list(const struct fact_form *form, const struct value_head *head, void *row, struct arena *arena,
                      const struct error_place *value)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    for (size_t i = 0; i < form->table->column_count; i++) {
        const struct fact_column *column = &form->table->columns[i];
        if (!fact_column_is_list(column))
            continue;
        for (size_t id = 0; id < head->list_count; id++) {
            const char *item = head->list[id];
            if (*item == '\0' || strchr(item, ' ') != NULL || bad_text(item, LIST_ITEM_SIZE_MAX, false) != NULL)
                error_add(value, fact_member_name(form, i), "has what is no id");
            buffer_append_format(&text, "%s%s", id == 0 ? "" : " ", item);
        }
        *(const char **)((char *)row + column->offset) =
            text.size == 0 ? "" : arena_copy_bytes(arena, text.data, text.size);
    }
}

static enum zcd_code decode_statement(const struct fact_form *form, const char *sql_key, bool is_filing, struct bytes json,
                                      struct date today, struct arena *arena, struct fact_statement *statement,
                                      struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);
    const struct error_place value = error_place_member(&document, "value");
    void *path = arena_alloc(arena, 1, form->table->row_size);
    const struct body *body;
    struct value_head *head;

    if (read_key(form, sql_key, arena, path, err) != ZCD_OK)
        return err->code;
    if (!decode(form, is_filing, json, arena, &body, &head, &list))
        return error_list_refuse(&list, err);
    void *row = (char *)head + aligned(sizeof *head);
    take_key(form, row, path, &value);
    join_list(form, head, row, arena, &value);
    check_members(form, row, today, &value);
    check_security(form, row, &value);
    check_orders(form, row, &value);
    take_valid_from(form, row, body->valid_from, today, &document);
    const char *fault = bad_text(body->reason, REASON_SIZE_MAX, true);
    if (fault != NULL)
        error_add(&document, "reason", "%s", fault);
    if (error_list_refuse(&list, err) != ZCD_OK)
        return err->code;
    *statement = (struct fact_statement){row, body->reason};
    return ZCD_OK;
}

enum zcd_code fact_statement_decode(const struct fact_form *form, const char *sql_key, struct bytes json,
                                    struct date today, struct arena *arena, struct fact_statement *statement,
                                    struct zcd_error *err)
{
    return decode_statement(form, sql_key, false, json, today, arena, statement, err);
}

/* ---------------------------------------------------------------- removals */

static enum zcd_code make_removal(const struct fact_form *form, const char *sql_key, const void *row, struct date today,
                                  struct arena *arena, struct fact_row **removal, struct zcd_error *err)
{
    struct fact_row *made = arena_alloc(arena, 1, form->table->row_size); /* every row begins with it */
    enum zcd_code code = read_key(form, sql_key, arena, made, err);

    if (code != ZCD_OK)
        return code;
    made->removed = true;
    made->valid_from = *form->day != '\0' && row != NULL ? ((const struct fact_row *)row)->valid_from : today;
    *removal = made;
    return ZCD_OK;
}

enum zcd_code fact_statement_remove(const struct fact_form *form, const char *sql_key, const void *row, struct date today,
                                    struct arena *arena, struct fact_statement *statement, struct zcd_error *err)
{
    struct fact_row *removal;
    enum zcd_code code = make_removal(form, sql_key, row, today, arena, &removal, err);

    if (code == ZCD_OK)
        *statement = (struct fact_statement){removal, ""};
    return code;
}

struct proposal {
    bool removed;
    struct date valid_from;
};

static const struct decode_field PROPOSAL[] = {
    DECODE_BOOL(struct proposal, removed, OPTIONAL),
    DECODE_DATE(struct proposal, valid_from, OPTIONAL),
    DECODE_IGNORED("collection"),
    DECODE_IGNORED("key"),
    DECODE_IGNORED("lender"),
    DECODE_IGNORED("reason"),
    DECODE_IGNORED("evidence"),
    DECODE_IGNORED("value"), /* stands in no removal: the last */
};
enum { PROPOSAL_FIELDS = sizeof PROPOSAL / sizeof *PROPOSAL };
static const struct decode_object PROPOSAL_OBJECT = {sizeof(struct proposal), PROPOSAL, PROPOSAL_FIELDS};
static const struct decode_object REMOVAL_OBJECT = {sizeof(struct proposal), PROPOSAL, PROPOSAL_FIELDS - 1};

/* From when the thing is no more: within what holds, so that accepting it leaves nothing. */
static void take_removal_day(const struct fact_form *form, const struct fact_row *now, struct date said, struct date today,
                             struct fact_row *removal, const struct error_place *document)
{
    if (form->table->key_count == 0)
        error_add(document, "removed", "the organisation itself is not removed");
    else if (now == NULL)
        error_add(document, "removed", "the lender knows no such fact");
    if (date_is_none(said) || now == NULL)
        return;
    if (*form->day != '\0') {
        if (date_compare(said, removal->valid_from) != 0)
            error_add(document, "valid_from", "is another day than %s", fact_member_name(form, column_index(form->table, form->day)));
        return;
    }
    if (date_compare(said, today) > 0)
        error_add(document, "valid_from", "is after today");
    if (date_compare(said, now->valid_from) < 0)
        error_add(document, "valid_from", "is before the day from which the fact holds");
    removal->valid_from = said;
}

static enum zcd_code decode_removal(const struct fact_form *form, const char *sql_key, struct bytes json, const void *now,
                                    struct date today, struct arena *arena, struct fact_statement *statement,
                                    struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);
    struct fact_row *removal;
    void *made;

    if (make_removal(form, sql_key, now, today, arena, &removal, err) != ZCD_OK)
        return err->code;
    if (decode_document_all(json, &REMOVAL_OBJECT, arena, &made, &list))
        take_removal_day(form, now, ((const struct proposal *)made)->valid_from, today, removal, &document);
    if (error_list_refuse(&list, err) != ZCD_OK)
        return err->code;
    *statement = (struct fact_statement){removal, ""};
    return ZCD_OK;
}

enum zcd_code fact_proposal_decode(const struct fact_form *form, const char *sql_key, struct bytes json, const void *now,
                                   struct date today, struct arena *arena, struct fact_statement *statement,
                                   struct zcd_error *err)
{
    struct error_list unwanted = {.arena = arena}; /* told by whichever reads it next */
    void *made;
    bool is_removal = decode_document_all(json, &PROPOSAL_OBJECT, arena, &made, &unwanted) && ((struct proposal *)made)->removed;

    return is_removal ? decode_removal(form, sql_key, json, now, today, arena, statement, err)
                      : decode_statement(form, sql_key, true, json, today, arena, statement, err);
}

/* ----------------------------------------------------------------- filings */

static const struct decode_field FILING[] = {
    DECODE_TEXT(struct fact_filing, collection, REQUIRED),
    DECODE_TEXT(struct fact_filing, key, REQUIRED),
    DECODE_TEXT(struct fact_filing, lender, REQUIRED),
    DECODE_TEXT(struct fact_filing, reason, REQUIRED),
    DECODE_TEXT(struct fact_filing, evidence, OPTIONAL),
    DECODE_BOOL(struct fact_filing, removed, OPTIONAL),
    DECODE_IGNORED("value"), /* read once it is known which fact it is about */
    DECODE_IGNORED("valid_from"),
};
static const struct decode_object FILING_OBJECT = DECODE_OBJECT_OF(struct fact_filing, FILING);

struct refusal {
    const char *reason;
};

static const struct decode_field REFUSAL[] = {DECODE_TEXT(struct refusal, reason, REQUIRED)};
static const struct decode_object REFUSAL_OBJECT = DECODE_OBJECT_OF(struct refusal, REFUSAL);

static void check_words(const struct error_place *document, const char *member, const char *text, bool is_required)
{
    const char *fault = is_required && *text == '\0' ? "is empty" : bad_text(text, REASON_SIZE_MAX, true);

    if (fault != NULL && error_place_is_sound(document, member))
        error_add(document, member, "%s", fault);
}

enum zcd_code fact_filing_decode(struct bytes json, struct arena *arena, struct fact_filing *filing, struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);
    void *made;

    if (!decode_document_all(json, &FILING_OBJECT, arena, &made, &list))
        return error_list_refuse(&list, err);
    const struct fact_filing *read = made;
    check_words(&document, "reason", read->reason, true);
    check_words(&document, "evidence", read->evidence, false);
    enum zcd_code code = error_list_refuse(&list, err);
    if (code == ZCD_OK)
        *filing = *read;
    return code;
}

static enum zcd_code write_proposed(const struct fact_form *form, const void *row, struct arena *arena, const char **proposed,
                                    struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    const struct fact_row *head = row;
    struct json_writer writer;
    char day[DATE_TEXT_SIZE];

    json_writer_init(&writer, &json);
    json_write_object(&writer, NULL);
    if (head->removed)
        json_write_boolean(&writer, "removed", true);
    json_write_text(&writer, "valid_from", date_format(head->valid_from, day));
    if (!head->removed)
        fact_value_write(form, row, "value", &writer);
    json_write_end(&writer);
    enum zcd_code code = json_writer_finish(&writer, err);
    if (code == ZCD_OK)
        *proposed = arena_copy_bytes(arena, json.data, json.size);
    return code;
}

enum zcd_code fact_filing_decode_value(const struct fact_form *form, const char *sql_key, struct bytes json,
                                       const void *now, struct date today, struct arena *arena, struct fact_filing *filing,
                                       struct zcd_error *err)
{
    struct fact_statement statement;
    enum zcd_code code = fact_proposal_decode(form, sql_key, json, now, today, arena, &statement, err);

    if (code == ZCD_OK)
        code = write_proposed(form, statement.row, arena, &filing->proposed, err);
    if (code == ZCD_OK)
        filing->row = statement.row;
    return code;
}

enum zcd_code fact_refusal_decode(struct bytes json, struct arena *arena, const char **reason, struct zcd_error *err)
{
    struct error_list list = {.arena = arena};
    const struct error_place document = error_place_of(&list);
    void *made;

    if (!decode_document_all(json, &REFUSAL_OBJECT, arena, &made, &list))
        return error_list_refuse(&list, err);
    const struct refusal *read = made;
    check_words(&document, "reason", read->reason, true);
    enum zcd_code code = error_list_refuse(&list, err);
    if (code == ZCD_OK)
        *reason = read->reason;
    return code;
}
