#include "api/codec/simulation_page.h"

#include "api/codec/policy_codes.h"
#include "base/money.h"
#include "contracts/codelist.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char HEAD[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"zh-CN\">\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>政策对比 · Two policies compared</title>\n"
    "<style>body{font-family:sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;line-height:1.5;color:#222}"
    "h2{margin-top:2.5rem}table{border-collapse:collapse;margin:.5rem 0}"
    "th,td{border:1px solid #ccc;padding:.25rem .6rem;text-align:right}th{background:#f3f3f3;font-weight:normal}"
    "td:first-child,th:first-child,.text{text-align:left}code{word-break:break-all}"
    ".better{background:#dff0df}.worse{background:#f7dfdf}.same{background:#eee}small{color:#555}</style>\n";

static void append_escaped(struct buffer *html, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            buffer_append_text(html, "&amp;");
            break;
        case '<':
            buffer_append_text(html, "&lt;");
            break;
        case '>':
            buffer_append_text(html, "&gt;");
            break;
        case '"':
            buffer_append_text(html, "&quot;");
            break;
        case '\'':
            buffer_append_text(html, "&#39;");
            break;
        default:
            buffer_append(html, text, 1);
        }
    }
}

/* ------------------------------------------------------------------ cells */

/* Chinese, and the English below it. */
static void append_both(struct buffer *html, const char *zh, const char *en)
{
    append_escaped(html, zh);
    buffer_append_text(html, "<br><small lang=\"en\">");
    append_escaped(html, en);
    buffer_append_text(html, "</small>");
}

struct heading {
    const char *zh;
    const char *en;
};

static void append_heading(struct buffer *html, const char *zh, const char *en)
{
    buffer_append_format(html, "<h2>%s <span lang=\"en\">· %s</span></h2>\n", zh, en);
}

static void open_table(struct buffer *html, const struct heading *headings, size_t count)
{
    buffer_append_text(html, "<table>\n<tr>");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(html, "<th>");
        append_both(html, headings[i].zh, headings[i].en);
        buffer_append_text(html, "</th>");
    }
    buffer_append_text(html, "</tr>\n");
}

#define OPEN_TABLE(html, headings) open_table((html), (headings), sizeof(headings) / sizeof *(headings))

static void close_table(struct buffer *html)
{
    buffer_append_text(html, "</table>\n");
}

static void open_row(struct buffer *html, const char *zh, const char *en)
{
    buffer_append_text(html, "<tr><td>");
    append_both(html, zh, en);
    buffer_append_text(html, "</td>");
}

static void close_row(struct buffer *html)
{
    buffer_append_text(html, "</tr>\n");
}

static void append_text_cell(struct buffer *html, const char *text)
{
    buffer_append_text(html, "<td class=\"text\">");
    append_escaped(html, text);
    buffer_append_text(html, "</td>");
}

static void append_count(struct buffer *html, int64_t count)
{
    buffer_append_format(html, "<td>%" PRId64 "</td>", count);
}

/* With its sign: a difference. */
static void append_change(struct buffer *html, int64_t change)
{
    buffer_append_format(html, "<td>%s%" PRId64 "</td>", change > 0 ? "+" : "", change);
}

static void append_yuan(struct buffer *html, int64_t amount_fen)
{
    char text[MONEY_TEXT_SIZE];
    buffer_append_format(html, "<td>%s</td>", money_format_yuan(amount_fen, text));
}

static void append_rate(struct buffer *html, int64_t rate_bp)
{
    if (rate_bp < 0)
        buffer_append_text(html, "<td>–</td>");
    else
        buffer_append_format(html, "<td>%" PRId64 ".%02" PRId64 " %%</td>", rate_bp / 100, rate_bp % 100);
}

/* ------------------------------------------------------------------ head */

static void append_policy(struct buffer *html, const struct heading *role, const struct simulation_policy *one,
                          int64_t not_in_force)
{
    open_row(html, role->zh, role->en);
    buffer_append_text(html, "<td class=\"text\">");
    append_both(html, one->policy->title.zh, one->policy->title.en);
    buffer_append_text(html, "</td>");
    append_text_cell(html, one->policy->id);
    append_text_cell(html, one->policy->version);
    buffer_append_format(html, "<td class=\"text\"><code>%s</code></td>", one->sha256);
    append_count(html, not_in_force);
    close_row(html);
}

static const struct heading ROLES[COMPARISON_SIDES] = {{"现行政策", "champion"}, {"拟议政策", "challenger"}};

static void append_policies(struct buffer *html, const struct simulation *simulation,
                            const struct simulation_policy *policies)
{
    static const struct heading headings[] = {{"角色", "role"},    {"名称", "title"},
                                              {"标识", "id"},      {"版本", "version"},
                                              {"摘要", "SHA-256"}, {"案卷日期不在有效期内", "day not in force"}};

    buffer_append_text(html, "<h1>政策对比 <span lang=\"en\">· Two policies compared</span></h1>\n");
    OPEN_TABLE(html, headings);
    for (int side = 0; side < COMPARISON_SIDES; side++)
        append_policy(html, &ROLES[side], &policies[side], simulation->comparison.not_in_force[side]);
    close_table(html);
    buffer_append_text(
        html,
        "<p>每份案卷按其自身日期、分别依两个政策重新计算；没有记录或更改任何内容。预期损失为金额 × "
        "该政策定价所用的年预期损失率 × 期限，由各政策自己的违约概率得出。"
        "<br><span lang=\"en\">Each dossier was decided on its own day under both policies; nothing was recorded or "
        "changed. Expected loss is amount × the yearly expected loss of that policy's price × tenor: each policy "
        "by its own PD.</span></p>\n");
}

/* ------------------------------------------------------------------ totals */

static void append_lending(struct buffer *html, const struct comparison_tally *tally, enum comparison_side side)
{
    const struct comparison_lending *lending = &tally->lending[side];

    open_row(html, ROLES[side].zh, ROLES[side].en);
    append_count(html, tally->dossiers);
    append_count(html, lending->approved);
    append_yuan(html, lending->lent_fen);
    append_rate(html, comparison_rate_bp(lending));
    append_yuan(html, lending->expected_loss_fen);
    close_row(html);
}

static void append_totals(struct buffer *html, const struct comparison_tally *total)
{
    static const struct heading headings[] = {{"", ""},
                                              {"案卷", "dossiers"},
                                              {"同意", "approved"},
                                              {"金额（元）", "amount, CNY"},
                                              {"加权平均利率", "mean rate by amount"},
                                              {"预期损失（元）", "expected loss, CNY"}};

    append_heading(html, "总体", "Totals");
    OPEN_TABLE(html, headings);
    append_lending(html, total, COMPARISON_CHAMPION);
    append_lending(html, total, COMPARISON_CHALLENGER);
    close_table(html);
}

static void append_swap(struct buffer *html, const struct policy_comparison *comparison)
{
    static const struct heading headings[] = {
        {"", ""}, {"拟议政策同意", "challenger approves"}, {"拟议政策不同意", "challenger does not"}};
    const int64_t *swaps = comparison->total.swaps;

    append_heading(html, "换入换出", "Swap set");
    OPEN_TABLE(html, headings);
    open_row(html, "现行政策同意", "champion approves");
    append_count(html, swaps[COMPARISON_BOTH]);
    append_count(html, swaps[COMPARISON_ONLY_CHAMPION]);
    close_row(html);
    open_row(html, "现行政策不同意", "champion does not");
    append_count(html, swaps[COMPARISON_ONLY_CHALLENGER]);
    append_count(html, swaps[COMPARISON_NEITHER]);
    close_row(html);
    close_table(html);

    static const struct heading amounts[] = {{"两者均同意者的金额", "amounts of those approved by both"},
                                             {"案卷", "dossiers"},
                                             {"合计（元）", "together, CNY"}};
    OPEN_TABLE(html, amounts);
    open_row(html, "调高", "raised");
    append_count(html, comparison->amounts_raised);
    append_yuan(html, comparison->raised_fen);
    close_row(html);
    open_row(html, "调低", "lowered");
    append_count(html, comparison->amounts_lowered);
    append_yuan(html, comparison->lowered_fen);
    close_row(html);
    close_table(html);
}

/* ------------------------------------------------------------------ shifts */

static void append_outcomes(struct buffer *html, const struct policy_comparison *comparison)
{
    struct heading headings[COMPARISON_OUTCOMES] = {{"现行 ↓ 拟议 →", "champion ↓ challenger →"}};

    for (int i = OUTCOME_APPROVE; i < COMPARISON_OUTCOMES; i++)
        headings[i] = (struct heading){codelist_text_zh(&CODELIST_OUTCOME, i), codelist_text_en(&CODELIST_OUTCOME, i)};
    append_heading(html, "结论变化", "Shift of outcomes");
    OPEN_TABLE(html, headings);
    for (int i = OUTCOME_APPROVE; i < COMPARISON_OUTCOMES; i++) {
        open_row(html, headings[i].zh, headings[i].en);
        for (int j = OUTCOME_APPROVE; j < COMPARISON_OUTCOMES; j++)
            append_count(html, comparison->outcomes[i][j]);
        close_row(html);
    }
    close_table(html);
}

/* Grade 1 is the best: below the diagonal the challenger grades better. */
static void append_grade(struct buffer *html, size_t champion, size_t challenger, int64_t count)
{
    const char *kind = challenger < champion ? "better" : "worse";

    if (count == 0)
        buffer_append_text(html, "<td></td>");
    else
        buffer_append_format(html, "<td class=\"%s\">%" PRId64 "</td>", champion == challenger ? "same" : kind, count);
}

static void append_grades(struct buffer *html, const struct policy_comparison *comparison)
{
    append_heading(html, "等级变化", "Shift of grades");
    buffer_append_text(html,
                       "<table>\n<tr><th>现行 ↓ 拟议 →<br><small lang=\"en\">champion ↓ challenger →</small></th>");
    for (size_t i = 1; i < COMPARISON_GRADES; i++)
        buffer_append_format(html, "<th>%zu</th>", i);
    buffer_append_text(html, "</tr>\n");
    for (size_t i = 1; i < COMPARISON_GRADES; i++) {
        buffer_append_format(html, "<tr><td>%zu</td>", i);
        for (size_t j = 1; j < COMPARISON_GRADES; j++)
            append_grade(html, i, j, comparison->grades[i][j]);
        close_row(html);
    }
    close_table(html);
    buffer_append_text(html, "<p><span class=\"better\">绿：评级提高</span>，<span "
                             "class=\"worse\">红：评级降低</span>。 <small lang=\"en\">Green: "
                             "graded better by the challenger; red: worse.</small></p>\n");
}

static void append_reasons(struct buffer *html, const struct policy_comparison *comparison)
{
    static const struct heading headings[] = {
        {"理由", "reason"}, {"现行", "champion"}, {"拟议", "challenger"}, {"变化", "change"}};

    append_heading(html, "理由变化", "Shift of reasons");
    OPEN_TABLE(html, headings);
    for (size_t i = 0; i < reason_code_count(); i++) {
        enum reason_code code = reason_code_at(i);
        int64_t champion = comparison->reasons[COMPARISON_CHAMPION][code];
        int64_t challenger = comparison->reasons[COMPARISON_CHALLENGER][code];
        if (champion == 0 && challenger == 0)
            continue;
        open_row(html, reason_code_text_zh(code), reason_code_text_en(code));
        append_count(html, champion);
        append_count(html, challenger);
        append_change(html, challenger - champion);
        close_row(html);
    }
    close_table(html);
    buffer_append_text(html, "<p><small>花括号中为每份案卷自己的内容。 <span lang=\"en\">In braces stands what is each "
                             "dossier's own.</span></small></p>\n");
}

/* ------------------------------------------------------------------ segments */

static void append_segment(struct buffer *html, const struct comparison_tally *tally, const char *zh, const char *en)
{
    if (tally->dossiers == 0)
        return;
    open_row(html, zh, en);
    append_count(html, tally->dossiers);
    for (int side = 0; side < COMPARISON_SIDES; side++) {
        append_count(html, tally->lending[side].approved);
        append_yuan(html, tally->lending[side].lent_fen);
        append_rate(html, comparison_rate_bp(&tally->lending[side]));
        append_yuan(html, tally->lending[side].expected_loss_fen);
    }
    append_count(html, tally->swaps[COMPARISON_ONLY_CHAMPION]);
    append_count(html, tally->swaps[COMPARISON_ONLY_CHALLENGER]);
    close_row(html);
}

static void open_segments(struct buffer *html, const char *zh, const char *en)
{
    const struct heading headings[] = {{zh, en},
                                       {"案卷", "dossiers"},
                                       {"现行：同意", "champion: approved"},
                                       {"金额（元）", "CNY"},
                                       {"利率", "rate"},
                                       {"预期损失（元）", "expected loss"},
                                       {"拟议：同意", "challenger: approved"},
                                       {"金额（元）", "CNY"},
                                       {"利率", "rate"},
                                       {"预期损失（元）", "expected loss"},
                                       {"换出", "swapped out"},
                                       {"换入", "swapped in"}};
    OPEN_TABLE(html, headings);
}

static void append_codes(struct buffer *html, const struct codelist *codes, const struct comparison_tally *tallies)
{
    for (size_t i = 0; i < codes->row_count; i++)
        append_segment(html, &tallies[codes->rows[i].number], codes->rows[i].zh, codes->rows[i].en);
    close_table(html);
}

static void append_segments(struct buffer *html, const struct policy_comparison *comparison)
{
    append_heading(html, "分组", "Segments");
    open_segments(html, "申请类型", "application");
    append_codes(html, &CODELIST_APPLICATION_KIND, comparison->by_application);
    open_segments(html, "机构类型", "organisation");
    append_codes(html, &CODELIST_ORGANISATION_KIND, comparison->by_body);
    open_segments(html, "年度公共合同收入", "public contract income of a year");
    for (int i = 0; i < COMPARISON_SIZES; i++) {
        enum comparison_size size = (enum comparison_size)i;
        append_segment(html, &comparison->by_size[i], comparison_size_text_zh(size), comparison_size_text_en(size));
    }
    close_table(html);
    open_segments(html, "省级行政区", "province");
    for (size_t i = 0; i < COMPARISON_PROVINCES; i++) {
        char zh[COMPARISON_PROVINCE_TEXT_SIZE];
        char code[16];
        (void)snprintf(code, sizeof code, "%02zu0000", i);
        append_segment(html, &comparison->by_province[i], comparison_province_text_zh(i, zh), code);
    }
    close_table(html);
}

/* ------------------------------------------------------------------ lists */

static void append_answer(struct buffer *html, const struct comparison_answer *answer)
{
    buffer_append_text(html, "<td class=\"text\">");
    append_both(html, codelist_text_zh(&CODELIST_OUTCOME, (int)answer->outcome),
                codelist_text_en(&CODELIST_OUTCOME, (int)answer->outcome));
    buffer_append_text(html, "</td>");
    append_count(html, answer->grade);
    append_yuan(html, answer->limit_fen);
    append_rate(html, answer->rate_bp);
    append_text_cell(html, answer->first_reason == REASON_NONE ? "" : reason_code_name(answer->first_reason));
}

static void append_swap_list(struct buffer *html, const struct simulation *simulation)
{
    static const struct heading headings[] = {{"案卷", "dossier"},
                                              {"现行", "champion"},
                                              {"等级", "grade"},
                                              {"金额（元）", "CNY"},
                                              {"利率", "rate"},
                                              {"首要理由", "first reason"},
                                              {"拟议", "challenger"},
                                              {"等级", "grade"},
                                              {"金额（元）", "CNY"},
                                              {"利率", "rate"},
                                              {"首要理由", "first reason"}};
    const int64_t *swaps = simulation->comparison.total.swaps;
    int64_t swapped = swaps[COMPARISON_ONLY_CHAMPION] + swaps[COMPARISON_ONLY_CHALLENGER];

    append_heading(html, "换入换出的案卷", "Dossiers in the swap set");
    buffer_append_format(html,
                         "<p>列出 %zu / %" PRId64 "。 <small lang=\"en\">%zu of %" PRId64 " are listed.</small></p>\n",
                         simulation->swap_count, swapped, simulation->swap_count, swapped);
    OPEN_TABLE(html, headings);
    for (size_t i = 0; i < simulation->swap_count; i++) {
        const struct simulation_swap *row = &simulation->swaps[i];
        buffer_append_text(html, "<tr>");
        append_text_cell(html, row->file);
        for (int side = 0; side < COMPARISON_SIDES; side++)
            append_answer(html, &row->answers[side]);
        close_row(html);
    }
    close_table(html);
}

static void append_bad_list(struct buffer *html, const struct simulation *simulation)
{
    static const struct heading headings[] = {{"文件", "file"}, {"位置", "pointer"}, {"原因", "why"}};

    append_heading(html, "无法计算的文件", "Files that cannot be decided on");
    buffer_append_format(html,
                         "<p>列出 %zu / %" PRId64 "。 <small lang=\"en\">%zu of %" PRId64 " are listed.</small></p>\n",
                         simulation->bad_count, simulation->bad_total, simulation->bad_count, simulation->bad_total);
    if (simulation->bad_count == 0)
        return;
    OPEN_TABLE(html, headings);
    for (size_t i = 0; i < simulation->bad_count; i++) {
        buffer_append_text(html, "<tr>");
        append_text_cell(html, simulation->bad[i].file);
        append_text_cell(html, simulation->bad[i].pointer);
        append_text_cell(html, simulation->bad[i].message);
        close_row(html);
    }
    close_table(html);
}

void simulation_page(const struct simulation *simulation, const struct simulation_policy policies[COMPARISON_SIDES],
                     struct buffer *html)
{
    const struct policy_comparison *comparison = &simulation->comparison;

    buffer_append_text(html, HEAD);
    append_policies(html, simulation, policies);
    append_totals(html, &comparison->total);
    append_swap(html, comparison);
    append_outcomes(html, comparison);
    append_grades(html, comparison);
    append_reasons(html, comparison);
    append_segments(html, comparison);
    append_swap_list(html, simulation);
    append_bad_list(html, simulation);
    buffer_append_text(html, "</html>\n");
}
