#include "api/cli/import_print.h"

#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static const char *const SEVERITIES[] = {
    [IMPORT_NOTE] = "note", [IMPORT_DOUBT] = "kept_with_doubt", [IMPORT_REFUSED] = "not_kept"};

static const struct {
    const char *code, *zh, *en;
} THINGS[] = {
    [FACT_ORGANISATION] = {"organisations", "机构", "organisations"},
    [FACT_PAYER] = {"payers", "付款方", "payers"},
    [FACT_CONTRACT] = {"contracts", "合同", "contracts"},
    [FACT_SECURITY] = {"security_evidence", "增信证据", "security evidence"},
    [FACT_MILESTONE] = {"milestones", "里程碑", "milestones"},
    [FACT_PAYMENT] = {"payments", "付款", "payments"},
    [FACT_RECEIPT] = {"receipts", "收款流水", "receipts"},
};

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

static void append_text(struct buffer *json, const char *name, const char *value)
{
    buffer_append_format(json, "%s\"%s\":", json->size > 1 ? "," : "", name);
    canonical_json_append_string(json, bytes_of_text(value));
}

static void line_as_json(const struct import_line *line, struct buffer *text)
{
    buffer_append_text(text, "{");
    append_text(text, "field", line->field);
    buffer_append_format(text, ",\"line\":%" PRIu64, line->line);
    append_text(text, "rule", line->rule);
    append_text(text, "severity", SEVERITIES[line->severity]);
    append_text(text, "text_en", line->en);
    append_text(text, "text_zh", line->zh);
    append_text(text, "value", line->value);
    buffer_append_text(text, "}");
}

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
    buffer_append_format(text, "  %s  %s: %s %s", SEVERITIES[line->severity], line->rule, line->en, line->zh);
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
        line_as_json(line, &text);
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

static void print_coverage_json(const struct ocds_coverage *coverage)
{
    (void)printf("\"coverage\":[");
    for (size_t i = 0; i < OCDS_TOLD_COUNT; i++) {
        const struct ocds_coverage_row *row = &OCDS_COVERAGE_ROWS[i];
        (void)printf("%s{\"code\":\"%s\",\"count\":%" PRIu64 ",\"of\":%" PRIu64 ",\"text_en\":\"%s\",\"text_zh\":\"%s\"}",
                     i == 0 ? "" : ",\n", row->code, coverage->counts[i], coverage->counts[row->of], row->en, row->zh);
    }
    (void)printf("],\n");
}

/* What became of the receipts of a statement. */
static const struct {
    const char *code, *zh, *en;
    size_t offset;
} RECEIPTS[] = {
    {"matched", "已核对到里程碑", "went to milestones", offsetof(struct statement_import_summary, matched_count)},
    {"waiting", "待人工认定", "wait for a person", offsetof(struct statement_import_summary, waiting_count)},
    {"paid_before", "付款已由其他来源入账", "are payments known from another source", offsetof(struct statement_import_summary, paid_before_count)},
    {"unrelated", "非政府购买合同款项，不入库", "are no public money and not kept", offsetof(struct statement_import_summary, unrelated_count)},
    {"known", "以前的流水已有", "are known from earlier statements", offsetof(struct statement_import_summary, known_count)},
    {"duplicate", "同一文件内重复", "stand twice in the file", offsetof(struct statement_import_summary, duplicate_count)},
};

static uint64_t receipts_at(const struct statement_import_summary *summary, size_t row)
{
    uint64_t count;

    memcpy(&count, (const char *)summary + RECEIPTS[row].offset, sizeof count);
    return count;
}

static void print_receipts_json(const struct statement_import_summary *summary)
{
    (void)printf("\"receipts\":{");
    for (size_t i = 0; i < sizeof RECEIPTS / sizeof *RECEIPTS; i++)
        (void)printf("%s\"%s\":%" PRIu64, i == 0 ? "" : ",", RECEIPTS[i].code, receipts_at(summary, i));
    (void)printf("},\n");
}

static void print_receipts_text(const struct statement_import_summary *summary)
{
    (void)printf("Receipts 收款\n");
    for (size_t i = 0; i < sizeof RECEIPTS / sizeof *RECEIPTS; i++) {
        if (receipts_at(summary, i) > 0)
            (void)printf("%8" PRIu64 "  %s %s\n", receipts_at(summary, i), RECEIPTS[i].en, RECEIPTS[i].zh);
    }
}

static void print_json(const struct import_outcome *outcome)
{
    (void)printf("{");
    if (!outcome->is_dry_run)
        (void)printf("\"added\":%" PRId64 ",\"changed\":%s,", outcome->added, outcome->is_changed ? "true" : "false");
    (void)printf("\"counts\":{");
    for (size_t kind = FACT_ORGANISATION; kind <= FACT_RECEIPT; kind++)
        (void)printf("%s\"%s\":%" PRIu64, kind == FACT_ORGANISATION ? "" : ",", THINGS[kind].code, outcome->counts->things[kind]);
    (void)printf("},\n");
    if (outcome->told->has_coverage)
        print_coverage_json(&outcome->told->coverage);
    if (outcome->told->has_statement)
        print_receipts_json(&outcome->told->statement);
    (void)printf("\"dry_run\":%s,\"file_sha256\":\"%s\",", outcome->is_dry_run ? "true" : "false", outcome->file_sha256);
    if (outcome->is_changed)
        (void)printf("\"import\":%" PRId64 ",", outcome->import);
    (void)printf("\"kind\":\"%s\",\n\"lines\":[", import_kind_name(outcome->source->kind));
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
        print_receipts_text(&outcome->told->statement);
    (void)printf(outcome->is_dry_run ? "Would be kept 将保留\n" : "Kept 已保留\n");
    for (size_t kind = FACT_ORGANISATION; kind <= FACT_RECEIPT; kind++)
        if (counts->things[kind] > 0)
            (void)printf("%8" PRIu64 "  %s %s\n", counts->things[kind], THINGS[kind].en, THINGS[kind].zh);
    if (!outcome->is_dry_run && !outcome->is_changed)
        (void)printf("Nothing has changed: all of it is known. 无变化：内容均已入库。\n");
    if (outcome->is_changed)
        (void)printf("Import %" PRId64 " added %" PRId64 " facts, record %" PRIu64 ". 第%" PRId64 "次导入新增%" PRId64 "条。\n",
                     outcome->import, outcome->added, outcome->record, outcome->import, outcome->added);
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
