/*
 * decision_summary.h - the part of a decision document that a person reads first, taken out of its JSON.
 *
 * For showing, never for deciding or verifying. Thread: any.
 */
#ifndef API_CODEC_DECISION_SUMMARY_H
#define API_CODEC_DECISION_SUMMARY_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/date.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECISION_SUMMARY_NONE INT64_MIN /* a number that the document gives as null */

struct summary_text {
    const char *zh;
    const char *en;
};

struct summary_reason {
    const char *code;
    struct summary_text text;
};

/* One thing to change. */
struct summary_step {
    struct summary_text text;
    struct date by;        /* DATE_NONE: nothing but the applicant decides */
    struct date likely_by; /* DATE_NONE where no payer is waited for */
};

/* What would turn the decision, and what it would be then. */
struct summary_counterfactual {
    const char *goal;
    const char *outcome;
    int64_t limit_fen;
    int64_t grade;
    bool smallest;
    const struct summary_step *steps;
    size_t step_count;
};

/* complete is false where it was cut short; true where nothing was searched. */
struct summary_search {
    bool complete;
};

/* P(repaid): on the day, and within 90 days of it. */
struct summary_repaid {
    int64_t on_time;
    int64_t within_90_days;
};

struct summary_repaid_pair {
    struct summary_repaid with_renewals, without_renewals;
};

/* The least sweep that reaches the policy's floor; all 0 where there is none, for a floor is never 0. */
struct summary_sweep {
    int64_t share_bp;
    struct summary_repaid_pair repaid_ppm;
};

/* One case: the facts as they stand, or with the conditions met. */
struct summary_case {
    const char *outcome; /* "" when there is no such case */
    const char *binding;
    int64_t approved_fen;
    int64_t capacity_fen;
    int64_t limit_fen;
    int64_t tenor_months;
    int64_t rate_bp;
    int64_t grade;
    int64_t score;
    int64_t pd_ppm;
    bool simulation_used; /* false: P(repaid) is shown, and decided nothing */
    struct summary_repaid_pair repaid_ppm;
    int64_t sweep_share_bp;
    struct summary_sweep sufficient_sweep;
};

/* Something worth a look today. */
struct summary_alert {
    const char *level;
    struct summary_text text, detail;
    const char *contract, *milestone, *facility; /* "" where it is about none */
};

/* A rule of renewal, deferral or the green channel, or a condition of the law (which has no value). */
struct summary_rule {
    const char *outcome; /* "pass", "fail", ... */
    struct summary_text text, value;
    struct date until;   /* of a rule that waits; otherwise DATE_NONE */
};

struct summary_renewal {
    const char *outcome; /* "" when there is no such section */
    struct date earliest;
    struct summary_text law;
    const struct summary_rule *rules, *conditions;
    size_t rule_count, condition_count;
    bool without_repaying_first;
};

struct summary_treatment {
    const char *name, *classification_after;
    struct summary_text law;
    struct date observed_until;
};

struct summary_deferral {
    const struct summary_rule *rules; /* none when there is no such section */
    size_t rule_count;
    struct date from, to;
    int64_t deferred_fen;
    int64_t months_enough;
    struct summary_treatment treatment;
};

struct summary_green_channel {
    const struct summary_rule *rules; /* none when there is no such section */
    size_t rule_count;
    bool open;
    struct date decide_by;
};

struct summary_policy {
    const char *id, *version, *sha256;
};

struct summary_engine {
    const char *version, *source_sha256;
};

struct decision_summary {
    const char *outcome;
    struct date as_of;
    int64_t limit_fen;
    int64_t tenor_months;
    int64_t rate_bp;
    int64_t grade;
    struct summary_case as_it_stands;
    struct summary_case with_conditions;
    const struct summary_reason *reasons, *strengths, *conditions, *evidence_needed;
    size_t reason_count, strength_count, condition_count, evidence_count;
    const struct summary_counterfactual *counterfactuals;
    size_t counterfactual_count;
    struct summary_search counterfactual_search;
    const struct summary_alert *alerts;
    size_t alerts_shown;
    struct summary_renewal renewal;
    struct summary_deferral deferral;
    struct summary_green_channel green_channel;
    const char *provenance;
    struct summary_policy policy;
    struct summary_engine engine;
};

/* A recorded assessment as the API answers it; log_index is DECISION_SUMMARY_NONE for a decision document by itself. */
struct assessment_summary {
    struct decision_summary decision;
    const char *id;
    int64_t log_index;
};

/* Read either of the two. ZCD_INVALID as in decode_document. */
enum zcd_code assessment_summary_decode(struct bytes json, struct arena *arena, struct assessment_summary *summary,
                                        struct zcd_error *err) ZCD_MUST_USE;

#endif
