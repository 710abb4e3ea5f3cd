#include "contracts/import/statement_reader.h"

#include "base/cleanup.h"
#include "contracts/folded_text.h"
#include "contracts/import/csv_record.h"
#include "contracts/import/statement_value.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char SEPARATORS[] = ",\t|;";

enum { ABSENT = -1, NOTE_COLUMNS_MAX = STATEMENT_NAMES_MAX, REPORT_VALUE_SIZE_MAX = 100 };

/* Which field of a row holds what. */
struct layout {
    const struct statement_profile *profile;
    char separator;
    int field_count;
    int column[STATEMENT_COLUMN_COUNT]; /* ABSENT, or from 0; the note's are in notes */
    int notes[NOTE_COLUMNS_MAX];
    int note_count;
    int found; /* columns that the heading and the profile both name */
    char names[STATEMENT_COLUMN_COUNT][64]; /* as the heading has them, for the report */
};

struct reader {
    const struct statement_taker *taker;
    const struct statement_profile *profiles;
    size_t profile_count;
    struct text_lines *lines;
    struct csv_record record;
    struct buffer folded, note, joined;
    uint64_t last_line; /* of the record whose lines are joined */
    struct layout layout;
    struct buffer heading; /* folded fields, to know the heading again on a later page */
    char account[5];
    struct statement_summary summary;
};

struct rule_row {
    const char *code;
    enum import_severity severity;
    const char *zh, *en;
};

static const struct rule_row RULES[STATEMENT_RULE_COUNT] = {
#define STATEMENT_RULE(name, code, severity, zh, en) {code, severity, zh, en},
#include "contracts/import/statement_rules.def"
#undef STATEMENT_RULE
};

/* At most size_max bytes of a text, without cutting a character. */
static size_t cut_size(const char *text, size_t size_max)
{
    size_t size = strnlen(text, size_max + 1);

    if (size <= size_max)
        return size;
    size = size_max;
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

enum zcd_code statement_report(const struct import_sink *sink, enum statement_rule rule, uint64_t line, const char *field,
                               const char *value, struct zcd_error *err)
{
    char shown[REPORT_VALUE_SIZE_MAX + 1];
    size_t size = cut_size(value, REPORT_VALUE_SIZE_MAX);

    memcpy(shown, value, size);
    shown[size] = '\0';
    const struct import_line report = {.severity = RULES[rule].severity,
                                       .line = line,
                                       .field = field,
                                       .value = shown,
                                       .rule = RULES[rule].code,
                                       .zh = RULES[rule].zh,
                                       .en = RULES[rule].en};
    return sink->take_line(sink->context, &report, err);
}

static enum zcd_code refuse(struct reader *reader, enum statement_rule rule, uint64_t line, const char *field, const char *value,
                            struct zcd_error *err)
{
    if (RULES[rule].severity == IMPORT_REFUSED)
        reader->summary.refused_count++;
    return statement_report(reader->taker->sink, rule, line, field, value, err);
}

static const char *fold(struct reader *reader, const char *text)
{
    buffer_clear(&reader->folded);
    text_fold(text, &reader->folded);
    return (const char *)reader->folded.data;
}

static bool has_word(const struct statement_words *words, const char *folded)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->words[i], folded) == 0)
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- the heading */

static void name_column(struct layout *layout, enum statement_column column, int field, const char *heading)
{
    size_t size = cut_size(heading, sizeof layout->names[column] - 1);

    layout->column[column] = field;
    memcpy(layout->names[column], heading, size);
    layout->names[column][size] = '\0';
    layout->found++;
}

/* The first of a column's names that the heading has; of a note all that it has. */
static void lay_out_column(struct reader *reader, struct layout *layout, enum statement_column column)
{
    const struct statement_words *words = &layout->profile->columns[column];

    for (size_t i = 0; i < words->count; i++) {
        for (size_t field = 0; field < reader->record.count; field++) {
            if (strcmp(fold(reader, reader->record.fields[field]), words->words[i]) != 0)
                continue;
            if (column == STATEMENT_NOTE)
                layout->notes[layout->note_count++] = (int)field;
            if (layout->column[column] == ABSENT)
                name_column(layout, column, (int)field, reader->record.fields[field]);
            break;
        }
        if (column != STATEMENT_NOTE && layout->column[column] != ABSENT)
            return;
    }
}

static bool is_complete(const struct layout *layout)
{
    bool has_two = layout->column[STATEMENT_IN] != ABSENT && layout->column[STATEMENT_OUT] != ABSENT;

    return layout->column[STATEMENT_DATE] != ABSENT && layout->column[STATEMENT_PAYER_NAME] != ABSENT
           && (has_two || layout->column[STATEMENT_AMOUNT] != ABSENT);
}

/* Try the record as a heading of every profile. */
/* Of the heading, without empty ones at its end. */
static int count_fields(const struct csv_record *record)
{
    size_t count = record->count;

    while (count > 0 && record->fields[count - 1][0] == '\0')
        count--;
    return (int)count;
}

static void try_profiles(struct reader *reader, char separator)
{
    for (size_t i = 0; i < reader->profile_count; i++) {
        struct layout layout = {.profile = &reader->profiles[i], .separator = separator, .field_count = count_fields(&reader->record)};
        for (int column = 0; column < STATEMENT_COLUMN_COUNT; column++)
            layout.column[column] = ABSENT;
        for (int column = 0; column < STATEMENT_COLUMN_COUNT; column++)
            lay_out_column(reader, &layout, (enum statement_column)column);
        if (is_complete(&layout) && layout.found > reader->layout.found)
            reader->layout = layout;
    }
}

static void keep_last_four(struct reader *reader, const char *text)
{
    const char *folded = fold(reader, text);
    char digits[5] = "";
    size_t count = 0;

    for (const char *at = folded; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            continue;
        if (count == 4)
            memmove(digits, digits + 1, 3);
        digits[count == 4 ? 3 : count++] = *at;
    }
    digits[count] = '\0';
    memcpy(reader->account, digits, sizeof digits);
}

/* "账号,7559123" or "账号：7559123" before the heading. */
static void look_for_account(struct reader *reader)
{
    for (size_t i = 0; i < reader->profile_count; i++) {
        const struct statement_words *labels = &reader->profiles[i].account_labels;
        for (size_t field = 0; field < reader->record.count; field++) {
            const char *folded = fold(reader, reader->record.fields[field]);
            size_t label_size = strcspn(folded, ":");
            bool has_number = folded[label_size] == ':' && folded[label_size + 1] != '\0';
            if (!has_number && field + 1 == reader->record.count)
                continue;
            for (size_t k = 0; k < labels->count; k++) {
                size_t size = strcspn(labels->words[k], ":");
                if (size != label_size || strncmp(labels->words[k], folded, size) != 0)
                    continue;
                keep_last_four(reader, reader->record.fields[has_number ? field : field + 1]);
                return;
            }
        }
    }
}

static void keep_heading(struct reader *reader)
{
    buffer_clear(&reader->heading);
    for (size_t field = 0; field < reader->record.count; field++) {
        text_fold(reader->record.fields[field], &reader->heading);
        buffer_append(&reader->heading, "\n", 1);
    }
}

static enum zcd_code find_heading(struct reader *reader, struct zcd_error *err)
{
    struct text_line line;

    for (int i = 0; i < STATEMENT_PREAMBLE_LINES_MAX; i++) {
        enum zcd_code code = text_lines_next(reader->lines, &line, err);
        if (code != ZCD_OK)
            return code;
        if (line.state == TEXT_LINE_NONE)
            break;
        reader->summary.line_count++;
        for (const char *separator = SEPARATORS; *separator != '\0' && line.state == TEXT_LINE_GIVEN; separator++) {
            if (csv_record_split(line.text, *separator, &reader->record) != CSV_WHOLE)
                continue;
            int found = reader->layout.found;
            try_profiles(reader, *separator);
            if (reader->layout.found > found)
                keep_heading(reader);
            look_for_account(reader);
        }
        if (reader->layout.found > 0)
            return ZCD_OK;
    }
    return zcd_fail(err, ZCD_INVALID, "none of the first %d lines is the heading of a known statement", STATEMENT_PREAMBLE_LINES_MAX);
}

/* ---------------------------------------------------------------- rows */

static const char *field_of(const struct reader *reader, enum statement_column column)
{
    int field = reader->layout.column[column];

    return field == ABSENT || (size_t)field >= reader->record.count ? "" : reader->record.fields[field];
}

static bool is_empty_row(const struct reader *reader)
{
    for (size_t i = 0; i < reader->record.count; i++) {
        if (reader->record.fields[i][0] != '\0')
            return false;
    }
    return true;
}

static bool is_heading_again(struct reader *reader)
{
    size_t at = 0;

    for (size_t field = 0; field < reader->record.count; field++) {
        (void)fold(reader, reader->record.fields[field]);
        size_t size = reader->folded.size;
        if (at + size >= reader->heading.size || memcmp(reader->heading.data + at, reader->folded.data, size) != 0
            || reader->heading.data[at + size] != '\n')
            return false;
        at += size + 1;
    }
    return at == reader->heading.size;
}

static bool is_footer(struct reader *reader)
{
    const struct statement_words *words = &reader->layout.profile->footer_words;
    size_t field = 0;

    while (field + 1 < reader->record.count && reader->record.fields[field][0] == '\0')
        field++;
    const char *folded = fold(reader, reader->record.fields[field]);
    for (size_t i = 0; i < words->count; i++) {
        if (strncmp(folded, words->words[i], strlen(words->words[i])) == 0)
            return true;
    }
    return false;
}

/* Few fields are filled: a remark below the table rather than a row of it. */
static bool is_remark(const struct reader *reader)
{
    size_t filled = 0;

    for (size_t i = 0; i < reader->record.count; i++)
        filled += reader->record.fields[i][0] != '\0';
    return filled <= 2;
}

static bool read_two_columns(const struct reader *reader, struct statement_line *line, enum statement_rule *rule,
                             enum statement_column *column)
{
    int64_t in_fen;
    int64_t out_fen;

    *rule = STATEMENT_AMOUNT_RULE;
    *column = STATEMENT_IN;
    if (!statement_amount_parse(field_of(reader, STATEMENT_IN), &in_fen))
        return false;
    *column = STATEMENT_OUT;
    if (!statement_amount_parse(field_of(reader, STATEMENT_OUT), &out_fen))
        return false;
    *rule = STATEMENT_REVERSAL_RULE;
    *column = in_fen < 0 ? STATEMENT_IN : STATEMENT_OUT;
    if (in_fen < 0 || out_fen < 0)
        return false;
    *rule = STATEMENT_DIRECTION_RULE;
    *column = STATEMENT_IN;
    if ((in_fen == 0) == (out_fen == 0))
        return false;
    line->is_in = in_fen > 0;
    line->amount_fen = line->is_in ? in_fen : out_fen;
    return true;
}

static bool read_one_column(struct reader *reader, struct statement_line *line, enum statement_rule *rule,
                            enum statement_column *column)
{
    const struct statement_profile *profile = reader->layout.profile;
    int64_t fen;

    *rule = STATEMENT_AMOUNT_RULE;
    *column = STATEMENT_AMOUNT;
    if (!statement_amount_parse(field_of(reader, STATEMENT_AMOUNT), &fen) || fen == 0)
        return false;
    line->is_in = fen > 0;
    line->amount_fen = fen < 0 ? -fen : fen;
    const char *direction = field_of(reader, STATEMENT_DIRECTION);
    if (reader->layout.column[STATEMENT_DIRECTION] == ABSENT)
        return true;
    *column = STATEMENT_DIRECTION;
    const char *folded = fold(reader, direction);
    bool says_in = has_word(&profile->in_words, folded);
    *rule = STATEMENT_DIRECTION_RULE;
    if (says_in == has_word(&profile->out_words, folded))
        return false;
    /* Outgoing money is printed with a minus by some banks and without by others; incoming with a minus is taken back. */
    *rule = STATEMENT_REVERSAL_RULE;
    if (says_in && fen < 0)
        return false;
    line->is_in = says_in;
    return true;
}

/* Currencies with two decimals, under the names that banks print. NULL: not known. */
static const char *currency_of(const char *folded)
{
    static const struct { const char *word, *code; } CURRENCIES[] = {
        {"", "CNY"},      {"CNY", "CNY"},   {"RMB", "CNY"}, {"156", "CNY"},  {"人民币", "CNY"}, {"人民币元", "CNY"}, {"CNY-人民币", "CNY"},
        {"001", "CNY"},   {"USD", "USD"},   {"美元", "USD"}, {"HKD", "HKD"}, {"港币", "HKD"},   {"港元", "HKD"},     {"EUR", "EUR"},
        {"欧元", "EUR"},  {"GBP", "GBP"},   {"英镑", "GBP"},
    };

    for (size_t i = 0; i < sizeof CURRENCIES / sizeof *CURRENCIES; i++) {
        if (strcmp(CURRENCIES[i].word, folded) == 0)
            return CURRENCIES[i].code;
    }
    return NULL;
}

static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@", text[0]) != NULL && text[1] != '\0';
}

static void join_notes(struct reader *reader)
{
    buffer_clear(&reader->note);
    for (int i = 0; i < reader->layout.note_count; i++) {
        size_t field = (size_t)reader->layout.notes[i];
        if (field >= reader->record.count || reader->record.fields[field][0] == '\0')
            continue;
        if (reader->note.size > 0)
            buffer_append(&reader->note, " ", 1);
        buffer_append_text(&reader->note, reader->record.fields[field]);
    }
    buffer_append(&reader->note, "", 1); /* the terminator, even of nothing */
    reader->note.size--;
}

/* Texts of a row that stands: what is too long or strange is said. */
static enum zcd_code read_texts(struct reader *reader, struct statement_line *line, struct zcd_error *err)
{
    const struct import_sink *sink = reader->taker->sink;
    const struct layout *layout = &reader->layout;
    enum zcd_code code = ZCD_OK;

    join_notes(reader);
    size_t note_size = cut_size((const char *)reader->note.data, STATEMENT_NOTE_SIZE_MAX);
    if (note_size < reader->note.size) {
        code = statement_report(sink, STATEMENT_NOTE_SIZE_RULE, line->line, layout->names[STATEMENT_NOTE], (const char *)reader->note.data, err);
        reader->note.data[note_size] = '\0';
    }
    line->note = (const char *)reader->note.data;
    line->id = field_of(reader, STATEMENT_ID);
    if (code == ZCD_OK && strlen(line->id) > STATEMENT_ID_SIZE_MAX) {
        code = statement_report(sink, STATEMENT_ID_SIZE_RULE, line->line, layout->names[STATEMENT_ID], line->id, err);
        line->id = "";
    }
    if (code == ZCD_OK && is_formula(line->payer_name))
        code = statement_report(sink, STATEMENT_FORMULA_RULE, line->line, layout->names[STATEMENT_PAYER_NAME], line->payer_name, err);
    if (code == ZCD_OK && is_formula(line->note))
        code = statement_report(sink, STATEMENT_FORMULA_RULE, line->line, layout->names[STATEMENT_NOTE], line->note, err);
    return code;
}

static enum zcd_code hand_on(struct reader *reader, struct statement_line *line, struct zcd_error *err)
{
    const struct layout *layout = &reader->layout;

    line->when = field_of(reader, STATEMENT_DATE);
    line->payer_name = field_of(reader, STATEMENT_PAYER_NAME);
    line->balance = field_of(reader, STATEMENT_BALANCE);
    if (strlen(line->payer_name) > STATEMENT_NAME_SIZE_MAX)
        return refuse(reader, STATEMENT_NAME_SIZE_RULE, line->line, layout->names[STATEMENT_PAYER_NAME], line->payer_name, err);
    line->currency = currency_of(fold(reader, field_of(reader, STATEMENT_CURRENCY)));
    if (line->currency == NULL)
        return refuse(reader, STATEMENT_CURRENCY_RULE, line->line, layout->names[STATEMENT_CURRENCY], field_of(reader, STATEMENT_CURRENCY), err);
    if (line->is_in && strcmp(line->currency, FACT_CURRENCY_SCORED) != 0)
        return refuse(reader, STATEMENT_FOREIGN_RULE, line->line, layout->names[STATEMENT_CURRENCY], line->currency, err);
    if (field_of(reader, STATEMENT_ACCOUNT)[0] != '\0')
        keep_last_four(reader, field_of(reader, STATEMENT_ACCOUNT));
    line->account = reader->account;
    enum zcd_code code = line->is_in ? read_texts(reader, line, err) : ZCD_OK;
    if (code != ZCD_OK)
        return code;
    if (!line->is_in) {
        reader->summary.out_count++;
        line->note = line->id = "";
    } else {
        reader->summary.in_count++;
    }
    return reader->taker->take(reader->taker->context, line, err);
}

/*
 * Fields beyond the heading's that hold something: a separator stood unquoted in a text, and nothing is where it seems. Fewer
 * fields than the heading has: the line was cut, perhaps within its amount.
 */
static bool is_of_other_width(const struct reader *reader)
{
    if (reader->record.count < (size_t)reader->layout.field_count)
        return true;
    for (size_t i = (size_t)reader->layout.field_count; i < reader->record.count; i++) {
        if (reader->record.fields[i][0] != '\0')
            return true;
    }
    return false;
}

static enum zcd_code read_row(struct reader *reader, uint64_t number, struct zcd_error *err)
{
    struct layout *layout = &reader->layout;
    struct statement_line line = {.line = number};
    enum statement_rule rule;
    enum statement_column column;

    if (is_empty_row(reader) || is_heading_again(reader))
        return ZCD_OK;
    if (is_footer(reader))
        return refuse(reader, STATEMENT_NOT_A_ROW_RULE, number, "", reader->record.fields[0], err);
    const char *day = field_of(reader, STATEMENT_DATE);
    bool has_day = statement_date_parse(day, &line.on);
    if (!has_day && is_remark(reader))
        return refuse(reader, STATEMENT_NOT_A_ROW_RULE, number, "", reader->record.fields[0], err);
    if (is_of_other_width(reader))
        return refuse(reader, STATEMENT_FIELD_COUNT_RULE, number, "", "", err);
    if (!has_day)
        return refuse(reader, STATEMENT_DATE_RULE, number, layout->names[STATEMENT_DATE], day, err);
    bool is_two = layout->column[STATEMENT_IN] != ABSENT && layout->column[STATEMENT_OUT] != ABSENT;
    bool is_read = is_two ? read_two_columns(reader, &line, &rule, &column) : read_one_column(reader, &line, &rule, &column);
    if (!is_read)
        return refuse(reader, rule, number, layout->names[column], field_of(reader, column), err);
    return hand_on(reader, &line, err);
}

/* The lines of a record whose quotes are open; *state is what became of it. */
static enum zcd_code join_lines(struct reader *reader, const char *first, enum csv_state *state, struct zcd_error *err)
{
    struct text_line line;

    buffer_clear(&reader->joined);
    buffer_append_text(&reader->joined, first);
    reader->last_line = 0;
    for (int i = 1; i < CSV_RECORD_LINES_MAX && *state == CSV_OPEN; i++) {
        enum zcd_code code = text_lines_next(reader->lines, &line, err);
        if (code != ZCD_OK || line.state != TEXT_LINE_GIVEN)
            return code;
        reader->summary.line_count++;
        reader->last_line = line.number;
        buffer_append(&reader->joined, "\n", 1);
        buffer_append_text(&reader->joined, line.text);
        if (reader->joined.size > CSV_RECORD_SIZE_MAX)
            return ZCD_OK;
        *state = csv_record_split((const char *)reader->joined.data, reader->layout.separator, &reader->record);
    }
    return ZCD_OK;
}

static enum zcd_code read_line(struct reader *reader, const struct text_line *line, struct zcd_error *err)
{
    if (line->state == TEXT_LINE_BROKEN)
        return refuse(reader, STATEMENT_ENCODING_RULE, line->number, "", "", err);
    if (line->state == TEXT_LINE_TOO_LONG)
        return refuse(reader, STATEMENT_LINE_SIZE_RULE, line->number, "", "", err);
    uint64_t number = line->number;
    enum csv_state state = csv_record_split(line->text, reader->layout.separator, &reader->record);
    enum zcd_code code = state == CSV_OPEN ? join_lines(reader, line->text, &state, err) : ZCD_OK;
    if (code != ZCD_OK)
        return code;
    if (state == CSV_TOO_MANY_FIELDS)
        return refuse(reader, STATEMENT_FIELD_COUNT_RULE, number, "", "", err);
    if (state == CSV_WHOLE)
        return read_row(reader, number, err);
    char lines[64] = "";
    if (state == CSV_OPEN && reader->last_line > 0)
        (void)snprintf(lines, sizeof lines, "%" PRIu64 "-%" PRIu64, number, reader->last_line);
    return refuse(reader, STATEMENT_QUOTE_RULE, number, "", lines, err);
}

static enum zcd_code tell_line(const struct import_sink *sink, uint64_t line, struct zcd_error *err)
{
    return sink->tell_line == NULL ? ZCD_OK : sink->tell_line(sink->context, line, err);
}

static enum zcd_code read_rows(struct reader *reader, struct zcd_error *err)
{
    struct text_line line;
    bool has_row = false;

    for (;;) {
        enum zcd_code code = text_lines_next(reader->lines, &line, err);
        if (code != ZCD_OK)
            return code;
        if (line.state == TEXT_LINE_NONE)
            return has_row ? ZCD_OK : refuse(reader, STATEMENT_EMPTY_RULE, reader->summary.line_count, "", "", err);
        has_row = has_row || line.state != TEXT_LINE_GIVEN || line.text[0] != '\0';
        if (++reader->summary.line_count > STATEMENT_LINES_MAX)
            return zcd_fail(err, ZCD_INVALID, "the statement has more than %llu lines", (unsigned long long)STATEMENT_LINES_MAX);
        code = tell_line(reader->taker->sink, line.number, err);
        if (code == ZCD_OK)
            code = read_line(reader, &line, err);
        if (code != ZCD_OK)
            return code;
    }
}

static void reader_done(struct reader *reader)
{
    text_lines_close(reader->lines);
    csv_record_done(&reader->record);
    buffer_done(&reader->folded);
    buffer_done(&reader->note);
    buffer_done(&reader->joined);
    buffer_done(&reader->heading);
}

enum zcd_code statement_read(FILE *file, const struct statement_profile *profiles, size_t profile_count,
                             const struct statement_taker *taker, struct statement_summary *summary, struct zcd_error *err)
{
    ZCD_AUTO(reader_done)
    struct reader reader = {.taker = taker, .profiles = profiles, .profile_count = profile_count};

    assert(profile_count > 0);
    enum zcd_code code = text_lines_open(file, &reader.lines, err);
    if (code == ZCD_OK)
        code = find_heading(&reader, err);
    if (code == ZCD_OK)
        code = read_rows(&reader, err);
    if (code != ZCD_OK)
        return code;
    *summary = reader.summary;
    summary->profile = reader.layout.profile->name;
    summary->encoding = text_lines_encoding(reader.lines);
    summary->separator = reader.layout.separator;
    return ZCD_OK;
}
