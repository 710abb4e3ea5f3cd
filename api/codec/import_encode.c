#include "api/codec/import_encode.h"

#include "audit/canonical_json.h"

#include <inttypes.h>

const struct import_thing IMPORT_THINGS[] = {
    [FACT_ORGANISATION] = {"organisations", "机构", "organisations"},
    [FACT_PAYER] = {"payers", "付款方", "payers"},
    [FACT_CONTRACT] = {"contracts", "合同", "contracts"},
    [FACT_SECURITY] = {"security_evidence", "增信证据", "security evidence"},
    [FACT_MILESTONE] = {"milestones", "里程碑", "milestones"},
    [FACT_PAYMENT] = {"payments", "付款", "payments"},
    [FACT_RECEIPT] = {"receipts", "收款流水", "receipts"},
};

enum { THINGS = sizeof IMPORT_THINGS / sizeof *IMPORT_THINGS };

static void append_text(struct buffer *json, const char *before, const char *text)
{
    buffer_append_text(json, before);
    canonical_json_append_string(json, bytes_of_text(text));
}

void import_encode_line(const struct import_line *line, struct buffer *json)
{
    append_text(json, "{\"field\":", line->field);
    buffer_append_format(json, ",\"line\":%" PRIu64, line->line);
    append_text(json, ",\"rule\":", line->rule);
    append_text(json, ",\"severity\":", import_severity_name(line->severity));
    append_text(json, ",\"text_en\":", line->en);
    append_text(json, ",\"text_zh\":", line->zh);
    append_text(json, ",\"value\":", line->value);
    buffer_append_text(json, "}");
}

void import_encode_things(const struct import_counts *counts, struct buffer *json)
{
    for (int kind = FACT_ORGANISATION; kind < THINGS; kind++)
        buffer_append_format(json, "%s\"%s\":%" PRIu64, kind == FACT_ORGANISATION ? "{" : ",", IMPORT_THINGS[kind].code,
                             counts->things[kind]);
    buffer_append_text(json, "}");
}

void import_encode_coverage(const struct ocds_coverage *coverage, struct buffer *json)
{
    for (size_t i = 0; i < OCDS_TOLD_COUNT; i++) {
        const struct ocds_coverage_row *row = &OCDS_COVERAGE_ROWS[i];
        append_text(json, i == 0 ? "[{\"code\":" : ",{\"code\":", row->code);
        buffer_append_format(json, ",\"count\":%" PRIu64 ",\"of\":%" PRIu64, coverage->counts[i], coverage->counts[row->of]);
        append_text(json, ",\"text_en\":", row->en);
        append_text(json, ",\"text_zh\":", row->zh);
        buffer_append_text(json, "}");
    }
    buffer_append_text(json, "]");
}

const struct import_thing IMPORT_RECEIPTS[IMPORT_RECEIPTS_COUNT] = {
    {"matched", "已核对到里程碑", "went to milestones"},
    {"waiting", "待人工认定", "wait for a person"},
    {"paid_before", "付款已由其他来源入账", "are payments known from another source"},
    {"unrelated", "付款人不在已知合同之列，搁置", "are of nobody under a known contract and set aside"},
    {"known", "以前的流水已有", "are known from earlier statements"},
    {"duplicate", "同一文件内重复", "stand twice in the file"},
};

uint64_t import_receipts_at(const struct statement_import_summary *summary, size_t row)
{
    const uint64_t counts[IMPORT_RECEIPTS_COUNT] = {summary->matched_count,   summary->waiting_count, summary->paid_before_count,
                                                    summary->unrelated_count, summary->known_count,   summary->duplicate_count};
    return counts[row];
}

void import_encode_receipts(const struct statement_import_summary *summary, struct buffer *json)
{
    for (size_t i = 0; i < IMPORT_RECEIPTS_COUNT; i++)
        buffer_append_format(json, "%s\"%s\":%" PRIu64, i == 0 ? "{" : ",", IMPORT_RECEIPTS[i].code, import_receipts_at(summary, i));
    buffer_append_text(json, "}");
}

static void append_line_counts(const struct import_counts *counts, struct buffer *json)
{
    buffer_append_format(json, ",\"line_counts\":{\"kept_with_doubt\":%" PRIu64 ",\"not_kept\":%" PRIu64 ",\"note\":%" PRIu64 "}",
                         counts->lines[IMPORT_DOUBT], counts->lines[IMPORT_REFUSED], counts->lines[IMPORT_NOTE]);
}

void import_encode_outcome(const struct import_counts *counts, const struct ocds_coverage *coverage,
                           const struct statement_import_summary *summary, struct buffer *json)
{
    buffer_append_text(json, "{\"counts\":");
    import_encode_things(counts, json);
    buffer_append_text(json, ",\"coverage\":");
    if (coverage == NULL)
        buffer_append_text(json, "null");
    else
        import_encode_coverage(coverage, json);
    append_line_counts(counts, json);
    buffer_append_text(json, ",\"receipts\":");
    if (summary == NULL)
        buffer_append_text(json, "null");
    else
        import_encode_receipts(summary, json);
    buffer_append_text(json, "}");
}
