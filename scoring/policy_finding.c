#include "scoring/policy_finding.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *name;
    enum policy_severity severity;
    const char *zh;
    const char *en;
};

static const struct row ROWS[POLICY_RULE_END] = {
#define POLICY_RULE(number, name, json, severity, zh, en) [number] = {json, POLICY_SEVERITY_##severity, zh, en},
#include "scoring/policy_rules.def"
#undef POLICY_RULE
};

static const struct row *row_of(enum policy_rule rule)
{
    assert(rule > POLICY_RULE_NONE);
    assert(rule < POLICY_RULE_END);
    return &ROWS[rule];
}

const char *policy_rule_name(enum policy_rule rule)
{
    return row_of(rule)->name;
}

const char *policy_rule_text_zh(enum policy_rule rule)
{
    return row_of(rule)->zh;
}

const char *policy_rule_text_en(enum policy_rule rule)
{
    return row_of(rule)->en;
}

enum policy_severity policy_rule_severity(enum policy_rule rule)
{
    return row_of(rule)->severity;
}

void policy_findings_init(struct policy_findings *findings, struct arena *arena)
{
    *findings = (struct policy_findings){.arena = arena};
}

/* RFC 6901 section 3: '~' and '/' inside a name are escaped. */
static void append_place(struct policy_findings *findings, char c)
{
    if (findings->place_size + 1 < sizeof findings->place)
        findings->place[findings->place_size++] = c;
}

size_t policy_findings_enter(struct policy_findings *findings, const char *name)
{
    size_t entered = findings->place_size;

    append_place(findings, '/');
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/')
            append_place(findings, '~');
        append_place(findings, *name);
        if (*name == '~' || *name == '/')
            findings->place[findings->place_size - 1] = *name == '~' ? '0' : '1';
    }
    findings->place[findings->place_size] = '\0';
    return entered;
}

size_t policy_findings_enter_row(struct policy_findings *findings, size_t row)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%zu", row);
    return policy_findings_enter(findings, digits);
}

void policy_findings_leave(struct policy_findings *findings, size_t entered)
{
    findings->place_size = entered;
    findings->place[entered] = '\0';
}

ZCD_PRINTF(3, 0)
static void add(struct policy_findings *findings, enum policy_rule rule, const char *figures, va_list arguments)
{
    char text[256];

    findings->error_count += policy_rule_severity(rule) == POLICY_SEVERITY_ERROR ? 1 : 0;
    if (findings->count == POLICY_FINDINGS_MAX) {
        findings->left_out++;
        return;
    }
    (void)vsnprintf(text, sizeof text, figures, arguments);
    findings->rows[findings->count++] = (struct policy_finding){rule, arena_copy_text(findings->arena, findings->place),
                                                                arena_copy_text(findings->arena, text)};
}

void policy_find(struct policy_findings *findings, enum policy_rule rule, const char *member, const char *figures, ...)
{
    size_t place = findings->place_size;
    va_list arguments;

    if (member != NULL)
        (void)policy_findings_enter(findings, member);
    va_start(arguments, figures);
    add(findings, rule, figures, arguments);
    va_end(arguments);
    policy_findings_leave(findings, place);
}

void policy_find_in_row(struct policy_findings *findings, enum policy_rule rule, const char *table, size_t row,
                        const char *member, const char *figures, ...)
{
    size_t place = policy_findings_enter(findings, table);
    va_list arguments;

    (void)policy_findings_enter_row(findings, row);
    if (member != NULL)
        (void)policy_findings_enter(findings, member);
    va_start(arguments, figures);
    add(findings, rule, figures, arguments);
    va_end(arguments);
    policy_findings_leave(findings, place);
}

enum zcd_code policy_findings_refuse(const struct policy_findings *findings, struct zcd_error *err)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct policy_finding *finding = &findings->rows[i];
        if (policy_rule_severity(finding->rule) != POLICY_SEVERITY_ERROR)
            continue;
        if (finding->figures[0] == '\0')
            (void)zcd_fail(err, ZCD_INVALID, "%s", policy_rule_text_en(finding->rule));
        else
            (void)zcd_fail(err, ZCD_INVALID, "%s: %s", policy_rule_text_en(finding->rule), finding->figures);
        (void)snprintf(err->pointer, sizeof err->pointer, "%s", finding->pointer);
        return ZCD_INVALID;
    }
    assert(findings->error_count == 0 || findings->left_out > 0);
    return findings->error_count == 0 ? ZCD_OK : zcd_fail(err, ZCD_INVALID, "%zu errors", findings->error_count);
}
