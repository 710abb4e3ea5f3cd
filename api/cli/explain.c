#include "api/cli/cli.h"

#include "api/codec/decision_summary.h"
#include "api/file.h"
#include "base/cleanup.h"
#include "base/money.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DOCUMENT_SIZE_MAX = 8 << 20, LABEL_WIDTH = 38, COLUMN_WIDTH = 28, CELL_SIZE = 64 };

#define COMMAND "explain"
static const char USAGE[] =
    "zcd explain FILE [--lang zh|en]\n"
    "       FILE is what zcd assess prints or POST /v1/assessments answers; - is standard input";

/* One thing said in both languages; which one is printed is decided by `chinese`. */
#define SAY(chinese, zh, en) ((chinese) ? (zh) : (en))

static const struct outcome_text {
    const char *name, *zh, *en;
} OUTCOMES[] = {
    {"approve", "批准", "Approved"},
    {"approve_with_conditions", "附条件批准", "Approved with conditions"},
    {"refer", "转人工审查", "Referred to a person"},
    {"decline", "不予批准", "Declined"},
};

static const char *outcome_text(const char *name, bool chinese)
{
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++) {
        if (strcmp(OUTCOMES[i].name, name) == 0)
            return SAY(chinese, OUTCOMES[i].zh, OUTCOMES[i].en);
    }
    return name;
}

/* ------------------------------------------------------------------ a table of two columns */

/* Columns on a terminal: a character of Chinese takes two. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c & 0xc0) != 0x80) /* the first byte of a character; those of three bytes and more are wide here */
            width += c >= 0xe0 ? 2 : 1;
    }
    return width;
}

static void print_cell(const char *text, int width)
{
    int gap = width - width_of(text);
    (void)printf("%s%*s", text, gap > 1 ? gap : 1, "");
}

typedef void format_cell(const struct summary_case *one, bool chinese, char text[CELL_SIZE]);

static void format_outcome(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)snprintf(text, CELL_SIZE, "%s", outcome_text(one->outcome, chinese));
}

static void format_money(int64_t amount_fen, char text[CELL_SIZE])
{
    char yuan[MONEY_TEXT_SIZE];
    (void)snprintf(text, CELL_SIZE, "%s", amount_fen == 0 ? "-" : money_format_yuan(amount_fen, yuan));
}

static void format_approved(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_money(one->approved_fen, text);
}

static void format_limit(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_money(one->limit_fen, text);
}

static void format_capacity(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_money(one->capacity_fen, text);
}

/* Percent with two digits; the number is in `per_percent`ths of a percent. */
static void format_percent(int64_t value, int64_t per_percent, char text[CELL_SIZE])
{
    if (value == DECISION_SUMMARY_NONE)
        (void)snprintf(text, CELL_SIZE, "-");
    else
        (void)snprintf(text, CELL_SIZE, "%" PRId64 ".%02" PRId64 " %%", value / per_percent,
                       value % per_percent * 100 / per_percent);
}

static void format_rate(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_percent(one->rate_bp, 100, text);
}

/* P(repaid); a policy that does not ask for it must not look as if it had. */
static void format_repaid_ppm(const struct summary_case *one, int64_t repaid_ppm, bool chinese, char text[CELL_SIZE])
{
    format_percent(repaid_ppm, 10000, text);
    if (!one->simulation_used)
        (void)strncat(text, SAY(chinese, "（未采用）", " (not used)"), CELL_SIZE - strlen(text) - 1);
}

static void format_repaid(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    format_repaid_ppm(one, one->repaid_ppm.with_renewals.within_90_days, chinese, text);
}

static void format_repaid_without(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    format_repaid_ppm(one, one->repaid_ppm.without_renewals.within_90_days, chinese, text);
}

static void format_sweep(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_percent(one->sweep_share_bp, 100, text);
}

static void format_sufficient(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    bool is_known = one->sufficient_sweep.repaid_ppm.with_renewals.within_90_days > 0;
    (void)chinese;
    format_percent(is_known ? one->sufficient_sweep.share_bp : DECISION_SUMMARY_NONE, 100, text);
}

static void format_pd(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)chinese;
    format_percent(one->pd_ppm, 10000, text);
}

static void format_tenor(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)snprintf(text, CELL_SIZE, SAY(chinese, "%" PRId64 " 个月", "%" PRId64 " months"), one->tenor_months);
}

static void format_grade(const struct summary_case *one, bool chinese, char text[CELL_SIZE])
{
    (void)snprintf(text, CELL_SIZE, SAY(chinese, "%" PRId64 "（%" PRId64 " 分）", "%" PRId64 " (%" PRId64 " points)"),
                   one->grade, one->score);
}

static const struct row {
    const char *zh, *en;
    format_cell *format;
} ROWS[] = {
    {"结论", "outcome", format_outcome},
    {"批准金额（元）", "approved, CNY", format_approved},
    {"可贷额度（元）", "limit, CNY", format_limit},
    {"承债能力（元）", "capacity, CNY", format_capacity},
    {"期限", "tenor", format_tenor},
    {"年利率", "rate a year", format_rate},
    {"到期后90天内还清概率（含续签）", "repaid within 90 days, with renewals", format_repaid},
    {"到期后90天内还清概率（无续签）", "repaid within 90 days, none renewed", format_repaid_without},
    {"归集比例上限", "receipts that a sweep may take", format_sweep},
    {"达到还款下限所需归集比例", "sweep that is enough", format_sufficient},
    {"等级（1最好，10最差）", "grade (1 best, 10 worst)", format_grade},
    {"违约概率", "probability of default", format_pd},
};

static bool has_conditions(const struct decision_summary *decision)
{
    return decision->with_conditions.outcome[0] != '\0';
}

static void print_row(const struct row *row, const struct decision_summary *decision, bool chinese)
{
    char text[CELL_SIZE];

    (void)printf("  ");
    print_cell(SAY(chinese, row->zh, row->en), LABEL_WIDTH);
    row->format(&decision->as_it_stands, chinese, text);
    if (has_conditions(decision)) {
        print_cell(text, COLUMN_WIDTH);
        row->format(&decision->with_conditions, chinese, text);
    }
    (void)printf("%s\n", text);
}

static void print_cases(const struct decision_summary *decision, bool chinese)
{
    (void)printf("\n");
    if (has_conditions(decision)) {
        (void)printf("  %*s", LABEL_WIDTH, "");
        print_cell(SAY(chinese, "按现状", "as it stands"), COLUMN_WIDTH);
        (void)printf("%s\n", SAY(chinese, "满足条件后", "with the conditions"));
    }
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        print_row(&ROWS[i], decision, chinese);
}

/* ------------------------------------------------------------------ the page */

static void print_headline(const struct decision_summary *decision, bool chinese)
{
    char yuan[MONEY_TEXT_SIZE];
    char rate[CELL_SIZE];
    char day[DATE_TEXT_SIZE];

    (void)printf("%s", outcome_text(decision->outcome, chinese));
    if (decision->limit_fen > 0) {
        format_percent(decision->rate_bp, 100, rate);
        (void)printf(
            SAY(chinese, "：%s 元，%" PRId64 " 个月，年利率 %s", ": CNY %s for %" PRId64 " months at %s a year"),
            money_format_yuan(decision->limit_fen, yuan), decision->tenor_months, rate);
    }
    (void)printf(SAY(chinese, "\n截至 %s，政策 %s %s，引擎 %s\n", "\nas of %s, policy %s %s, engine %s\n"),
                 date_format(decision->as_of, day), decision->policy.id, decision->policy.version,
                 decision->engine.version);
}

static void print_reasons(const char *heading, const struct summary_reason *rows, size_t count, bool chinese)
{
    if (count == 0)
        return;
    (void)printf("\n%s\n", heading);
    for (size_t i = 0; i < count; i++)
        (void)printf("  %zu. %s\n", i + 1, SAY(chinese, rows[i].text.zh, rows[i].text.en));
}

static const char *goal_text(const char *goal, bool chinese)
{
    if (strcmp(goal, "approval") == 0)
        return SAY(chinese, "可获批准", "it would be approved");
    if (strcmp(goal, "full_amount") == 0)
        return SAY(chinese, "可获申请的全部金额", "all that was asked would be lent");
    return SAY(chinese, "无需附加条件", "no conditions would be needed");
}

static void print_step(const struct summary_step *step, bool chinese)
{
    char by[DATE_TEXT_SIZE];
    char likely_by[DATE_TEXT_SIZE];

    (void)printf("%s", SAY(chinese, step->text.zh, step->text.en));
    if (!date_is_none(step->likely_by))
        (void)printf(SAY(chinese, "（预计%s前后，九成把握在%s前）", " (likely around %s, nine in ten by %s)"),
                     date_format(step->likely_by, likely_by), date_format(step->by, by));
    else if (!date_is_none(step->by))
        (void)printf(SAY(chinese, "（%s前）", " (by %s)"), date_format(step->by, by));
}

static void print_counterfactuals(const struct decision_summary *decision, bool chinese)
{
    char yuan[MONEY_TEXT_SIZE];

    if (decision->counterfactual_count > 0)
        (void)printf("\n%s\n", SAY(chinese, "怎样可以改变结论（每条均已重新测算）", "What would turn it (each decided again)"));
    for (size_t i = 0; i < decision->counterfactual_count; i++) {
        const struct summary_counterfactual *one = &decision->counterfactuals[i];
        (void)printf("  %zu. ", i + 1);
        for (size_t j = 0; j < one->step_count; j++) {
            (void)printf("%s", j == 0 ? "" : SAY(chinese, "；并且", "; and "));
            print_step(&one->steps[j], chinese);
        }
        (void)printf(SAY(chinese, "：%s，%s 元，%" PRId64 " 级\n", ": %s, CNY %s, grade %" PRId64 "\n"),
                     goal_text(one->goal, chinese), money_format_yuan(one->limit_fen, yuan), one->grade);
    }
    if (!decision->counterfactual_search.complete)
        (void)printf("  %s\n", SAY(chinese, "未穷尽：测算次数已达政策上限", "The search was cut short by the policy's number of runs."));
}

/* ------------------------------------------------------------------ after the first loan */

static const char *rule_outcome_text(const char *outcome, bool chinese)
{
    static const struct outcome_text RULE_OUTCOMES[] = {
        {"pass", "符合", "pass"},
        {"fail", "不符合", "fail"},
        {"waiting", "等待", "waiting"},
        {"not_applicable", "不适用", "not applicable"},
    };
    for (size_t i = 0; i < sizeof RULE_OUTCOMES / sizeof *RULE_OUTCOMES; i++) {
        if (strcmp(RULE_OUTCOMES[i].name, outcome) == 0)
            return SAY(chinese, RULE_OUTCOMES[i].zh, RULE_OUTCOMES[i].en);
    }
    return outcome;
}

static void print_rules(const struct summary_rule *rules, size_t count, bool chinese)
{
    char day[DATE_TEXT_SIZE];

    for (size_t i = 0; i < count; i++) {
        const char *value = SAY(chinese, rules[i].value.zh, rules[i].value.en);
        (void)printf("  ");
        print_cell(rule_outcome_text(rules[i].outcome, chinese), 16);
        (void)printf("%s", SAY(chinese, rules[i].text.zh, rules[i].text.en));
        if (value[0] != '\0')
            (void)printf(SAY(chinese, "：%s", ": %s"), value);
        if (!date_is_none(rules[i].until))
            (void)printf(SAY(chinese, "，%s起", ", from %s"), date_format(rules[i].until, day));
        (void)printf("\n");
    }
}

static void print_renewal(const struct summary_renewal *renewal, bool chinese)
{
    char day[DATE_TEXT_SIZE];

    if (renewal->outcome[0] == '\0')
        return;
    (void)printf("\n%s\n", SAY(chinese, "续贷", "Renewal"));
    print_rules(renewal->rules, renewal->rule_count, chinese);
    if (!date_is_none(renewal->earliest))
        (void)printf(SAY(chinese, "  最早可办理：%s\n", "  earliest: %s\n"), date_format(renewal->earliest, day));
    if (renewal->condition_count > 0) {
        (void)printf("  %s\n", SAY(chinese, renewal->law.zh, renewal->law.en));
        print_rules(renewal->conditions, renewal->condition_count, chinese);
    }
    if (renewal->without_repaying_first)
        (void)printf("  %s\n", SAY(chinese, "可无还本续贷", "it may be renewed without repaying first"));
}

static void print_treatment(const struct summary_treatment *treatment, bool chinese)
{
    char day[DATE_TEXT_SIZE];

    if (treatment->name[0] == '\0')
        return;
    (void)printf(SAY(chinese, "  延期后分类：%s", "  classification afterwards: %s"), treatment->classification_after);
    if (!date_is_none(treatment->observed_until))
        (void)printf(SAY(chinese, "（重组资产，观察至%s）", " (a restructuring, observed until %s)"),
                     date_format(treatment->observed_until, day));
    else
        (void)printf(SAY(chinese, "（%s）", " (%s)"), SAY(chinese, treatment->law.zh, treatment->law.en));
    (void)printf("\n");
}

static void print_deferral(const struct summary_deferral *deferral, bool chinese)
{
    char yuan[MONEY_TEXT_SIZE];
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE];

    if (deferral->rule_count == 0)
        return;
    (void)printf("\n%s\n", SAY(chinese, "延期还本付息", "Deferral"));
    if (!date_is_none(deferral->from) && !date_is_none(deferral->to))
        (void)printf(SAY(chinese, "  %s至%s，延期 %s 元\n", "  from %s to %s, CNY %s put off\n"), date_format(deferral->from, from),
                     date_format(deferral->to, to), money_format_yuan(deferral->deferred_fen, yuan));
    print_rules(deferral->rules, deferral->rule_count, chinese);
    if (deferral->months_enough != DECISION_SUMMARY_NONE)
        (void)printf(SAY(chinese, "  足够的最短月数：%" PRId64 "\n", "  fewest months that are enough: %" PRId64 "\n"),
                     deferral->months_enough);
    print_treatment(&deferral->treatment, chinese);
}

static void print_green_channel(const struct summary_green_channel *green, bool chinese)
{
    char day[DATE_TEXT_SIZE];

    if (green->rule_count == 0)
        return;
    (void)printf("\n%s: %s\n", SAY(chinese, "绿色通道", "Green channel"),
                 green->open ? SAY(chinese, "进入", "open") : SAY(chinese, "未进入", "not open"));
    if (!date_is_none(green->decide_by))
        (void)printf(SAY(chinese, "  办结期限：%s\n", "  to be decided by %s\n"), date_format(green->decide_by, day));
    for (size_t i = 0; i < green->rule_count; i++) {
        if (strcmp(green->rules[i].outcome, "fail") == 0)
            print_rules(&green->rules[i], 1, chinese);
    }
}

static void print_alerts(const struct decision_summary *decision, bool chinese)
{
    if (decision->alerts_shown == 0)
        return;
    (void)printf("\n%s\n", SAY(chinese, "预警", "Alerts"));
    for (size_t i = 0; i < decision->alerts_shown; i++) {
        const struct summary_alert *alert = &decision->alerts[i];
        bool is_warning = strcmp(alert->level, "warning") == 0;
        (void)printf("  ");
        print_cell(is_warning ? SAY(chinese, "预警", "warning") : SAY(chinese, "提示", "notice"), 10);
        (void)printf(SAY(chinese, "%s：%s", "%s: %s"), SAY(chinese, alert->text.zh, alert->text.en),
                     SAY(chinese, alert->detail.zh, alert->detail.en));
        if (alert->contract[0] != '\0' || alert->facility[0] != '\0')
            (void)printf(" [%s%s%s%s]", alert->contract, alert->milestone[0] != '\0' ? "/" : "", alert->milestone,
                         alert->facility);
        (void)printf("\n");
    }
}

static void print_page(const struct assessment_summary *summary, bool chinese)
{
    const struct decision_summary *decision = &summary->decision;

    print_headline(decision, chinese);
    print_deferral(&decision->deferral, chinese);
    if (decision->deferral.rule_count == 0) /* the figures of a loan do not decide a deferral */
        print_cases(decision, chinese);
    print_renewal(&decision->renewal, chinese);
    print_green_channel(&decision->green_channel, chinese);
    print_reasons(SAY(chinese, "条件", "Conditions"), decision->conditions, decision->condition_count, chinese);
    print_reasons(SAY(chinese, "理由", "Reasons"), decision->reasons, decision->reason_count, chinese);
    print_reasons(SAY(chinese, "有利因素", "Strengths"), decision->strengths, decision->strength_count, chinese);
    print_reasons(SAY(chinese, "还需要的材料", "Evidence needed"), decision->evidence_needed, decision->evidence_count,
                  chinese);
    print_counterfactuals(decision, chinese);
    print_alerts(decision, chinese);
    if (decision->provenance[0] != '\0')
        (void)printf("\n%s%s\n", SAY(chinese, "事实来源：", "Where the facts come from: "), decision->provenance);
    if (summary->log_index != DECISION_SUMMARY_NONE)
        (void)printf(
            SAY(chinese, "\n已记入日志第 %" PRId64 " 条：%s\n", "\nRecorded in the log at index %" PRId64 ": %s\n"),
            summary->log_index, summary->id);
}

/* ------------------------------------------------------------------ the command */

struct request {
    const char *file;
    bool chinese, english;
};

static bool read_request(int count, char **words, struct request *request)
{
    static const struct option OPTIONS[] = {{"lang", required_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
    int option;

    *request = (struct request){.chinese = true, .english = true};
    while ((option = getopt_long(count, words, "", OPTIONS, NULL)) != -1) {
        if (option != 'l' || (strcmp(optarg, "zh") != 0 && strcmp(optarg, "en") != 0))
            return false;
        request->chinese = optarg[0] == 'z';
        request->english = !request->chinese;
    }
    if (optind + 1 != count)
        return false;
    request->file = words[optind];
    return true;
}

int cli_explain(int count, char **words)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    struct assessment_summary summary;
    struct request request;
    struct zcd_error err;

    if (!read_request(count, words, &request))
        return cli_usage(USAGE);
    enum zcd_code code = file_read(request.file, DOCUMENT_SIZE_MAX, &json, &err);
    if (code == ZCD_OK)
        code = assessment_summary_decode(buffer_bytes(&json), &arena, &summary, &err);
    if (code == ZCD_INVALID) {
        (void)cli_fail(COMMAND, &err);
        return CLI_REFUSED;
    }
    if (code != ZCD_OK)
        return cli_fail(COMMAND, &err);
    if (request.chinese)
        print_page(&summary, true);
    if (request.chinese && request.english)
        (void)printf("\n");
    if (request.english)
        print_page(&summary, false);
    return cli_finish(COMMAND);
}
