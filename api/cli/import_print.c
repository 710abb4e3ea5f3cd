#include "api/cli/import_print.h"

#include "api/codec/import_encode.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <string.h>

enum zcd_code import_print_begin(bool is_json, struct import_print *print, struct zcd_error *err)
{
    *print = (struct import_print){.is_json = is_json, .lines = tmpfile()};
    return print->lines == NULL ? zcd_fail(err, ZCD_UNAVAILABLE, "no room for a temporary file") : ZCD_OK;
}

void import_print_done(struct import_print *print)
{
    if (print->lines != NULL)
        (void)fclose(print->lines);
    print->lines = NULL;
}

/* --------------------------------------------------------------------------- lines */

/* Values come from the file: what a terminal could take for a command stays out. */
static void append_shown(struct buffer *text, const char *value)
{
    for (; *value != '\0'; value++)
        buffer_append(text, (unsigned char)*value < 0x20 || *value == 0x7F ? "?" : value, 1);
}

static void line_as_text(const struct import_line *line, struct buffer *text)
{
    buffer_append_format(text, "line %" PRIu64 " ", line->line);
    append_shown(text, line->field);
    buffer_append_format(text, "  %s  %s: %s %s", import_severity_name(line->severity), line->rule, line->en, line->zh);
    if (*line->value != '\0') {
        buffer_append_text(text, "  [");
        append_shown(text, line->value);
        buffer_append_text(text, "]");
    }
    buffer_append_text(text, "\n");
}

enum zcd_code import_print_take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};
    struct import_print *print = context;

    if (print->is_json && print->line_count > 0)
        (void)fputs(",\n", print->lines);
    if (print->is_json)
        import_encode_line(line, &text);
    else
        line_as_text(line, &text);
    print->line_count++;
    if (fwrite(text.data, 1, text.size, print->lines) != text.size)
        return zcd_fail(err, ZCD_UNAVAILABLE, "no room for the report");
    return ZCD_OK;
}

static enum zcd_code print_lines(struct import_print *print, struct zcd_error *err)
{
    char chunk[1 << 14];
    size_t got;

    if (fflush(print->lines) != 0 || fseek(print->lines, 0, SEEK_SET) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "no room for the report");
    while ((got = fread(chunk, 1, sizeof chunk, print->lines)) > 0)
        (void)fwrite(chunk, 1, got, stdout);
    return ferror(print->lines) != 0 ? zcd_fail(err, ZCD_UNAVAILABLE, "the report cannot be read") : ZCD_OK;
}

/* ---------------------------------------------------------------------------- all */

/* Without a database there are no milestones to match with. */
static void print_receipts_text(const struct statement_import_summary *summary, bool is_dry_run)
{
    (void)printf("Receipts 收款\n");
    if (is_dry_run) {
        (void)printf("%8" PRIu64 "  are matched when they are kept 入库时核对\n", summary->receipt_count);
        return;
    }
    for (size_t i = 0; i < IMPORT_RECEIPTS_COUNT; i++) {
        uint64_t count = import_receipts_at(summary, i);
        if (count > 0)
            (void)printf("%8" PRIu64 "  %s %s\n", count, IMPORT_RECEIPTS[i].en, IMPORT_RECEIPTS[i].zh);
    }
}

static void print_json(const struct import_outcome *outcome)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    buffer_append_text(&json, "{");
    if (!outcome->is_dry_run)
        buffer_append_format(&json, "\"added\":%" PRId64 ",\"changed\":%s,\"matched_again\":%" PRIu64 ",", outcome->added,
                             outcome->is_changed ? "true" : "false", outcome->matched_again);
    buffer_append_text(&json, "\"counts\":");
    import_encode_things(outcome->counts, &json);
    if (outcome->told->has_coverage) {
        buffer_append_text(&json, ",\n\"coverage\":");
        import_encode_coverage(&outcome->told->coverage, &json);
    }
    if (outcome->told->has_statement) {
        buffer_append_text(&json, ",\n\"receipts\":");
        if (outcome->is_dry_run)
            buffer_append_format(&json, "{\"read\":%" PRIu64 "}", outcome->told->statement.receipt_count);
        else
            import_encode_receipts(&outcome->told->statement, &json);
    }
    buffer_append_format(&json, ",\n\"dry_run\":%s,\"file_sha256\":\"%s\",", outcome->is_dry_run ? "true" : "false",
                         outcome->file_sha256);
    if (outcome->is_changed)
        buffer_append_format(&json, "\"import\":%" PRId64 ",", outcome->import);
    buffer_append_format(&json, "\"kind\":\"%s\",\n\"lines\":[", import_kind_name(outcome->source->kind));
    (void)fputs((const char *)json.data, stdout);
}

static void print_things_text(const struct import_counts *counts, bool is_dry_run)
{
    (void)printf(is_dry_run ? "Would be kept 将保留\n" : "Kept 已保留\n");
    if (counts->facts == 0)
        (void)printf("          nothing 无\n");
    for (size_t kind = FACT_ORGANISATION; kind <= FACT_RECEIPT; kind++)
        if (counts->things[kind] > 0)
            (void)printf("%8" PRIu64 "  %s %s\n", counts->things[kind], IMPORT_THINGS[kind].en, IMPORT_THINGS[kind].zh);
}

static void print_text(const struct import_outcome *outcome)
{
    const struct import_counts *counts = outcome->counts;

    if (outcome->told->has_coverage)
        (void)printf("What this file can tell 文件能说明什么\n");
    for (size_t i = 0; outcome->told->has_coverage && i < OCDS_TOLD_COUNT; i++) {
        const struct ocds_coverage_row *row = &OCDS_COVERAGE_ROWS[i];
        uint64_t count = outcome->told->coverage.counts[i], all = outcome->told->coverage.counts[row->of];
        if (row->of == i)
            (void)printf("%8" PRIu64 "  %s %s\n", count, row->en, row->zh);
        else
            (void)printf("%8" PRIu64 " of %" PRIu64 "  %s %s\n", count, all, row->en, row->zh);
    }
    if (outcome->told->has_statement)
        print_receipts_text(&outcome->told->statement, outcome->is_dry_run);
    if (!(outcome->told->has_statement && outcome->is_dry_run))
        print_things_text(counts, outcome->is_dry_run);
    if (!outcome->is_dry_run && !outcome->is_changed)
        (void)printf("Nothing has changed: all of it is known. 无变化：内容均已入库。\n");
    if (outcome->is_changed)
        (void)printf("Import %" PRId64 " added %" PRId64 " facts, record %" PRIu64 ". 第%" PRId64 "次导入新增%" PRId64 "条。\n",
                     outcome->import, outcome->added, outcome->record, outcome->import, outcome->added);
    if (outcome->matched_again > 0)
        (void)printf("Receipts of earlier statements matched now: %" PRIu64 ". 先前流水中现已匹配的收款%" PRIu64 "笔。\n",
                     outcome->matched_again, outcome->matched_again);
    (void)printf("Report 报告: %" PRIu64 " not kept 未保留, %" PRIu64 " kept with doubt 存疑保留, %" PRIu64 " notes 提示\n",
                 counts->lines[IMPORT_REFUSED], counts->lines[IMPORT_DOUBT], counts->lines[IMPORT_NOTE]);
}

enum zcd_code import_print_all(struct import_print *print, const struct import_outcome *outcome, struct zcd_error *err)
{
    if (print->is_json)
        print_json(outcome);
    else
        print_text(outcome);
    enum zcd_code code = print_lines(print, err);
    if (print->is_json && outcome->is_changed)
        (void)printf("],\"record\":%" PRIu64 "}\n", outcome->record);
    else if (print->is_json)
        (void)printf("]}\n");
    return code;
}
