/*
 * policy.h - a lender's policy: every number the credit model uses, as data.
 *
 * Made by api/codec/policy_decode from data/policies/NAME.json, which also holds the source of each number
 * (law, published, measured, judgement). Members mirror the document's names; the prose of each is in scoring/README.md
 * Nothing in C overrides or repeats one of these numbers. Pure. Thread: any; a policy never changes once made.
 */
#ifndef SCORING_POLICY_H
#define SCORING_POLICY_H

#include "base/date.h"
#include "contracts/dossier.h"
#include "scoring/characteristic.h"
#include "scoring/counterfactual_lever.h"
#include "scoring/eligibility_rule.h"
#include "scoring/policy_finding.h"

#include <stdbool.h>
#include <stdint.h>

/* Where a number comes from. Judgement is said openly: the decision shows its share of the points. */
enum policy_source_kind {
    POLICY_SOURCE_NONE = 0,
    POLICY_SOURCE_LAW,
    POLICY_SOURCE_PUBLISHED,
    POLICY_SOURCE_MEASURED,
    POLICY_SOURCE_JUDGEMENT
};

#define POLICY_SOURCES_MAX 1000

/* One row of "sources": the number (or whole section) at `pointer` comes from `text`. */
struct policy_source {
    const char *pointer; /* RFC 6901, into the policy document */
    enum policy_source_kind kind;
    const char *text;
};

struct policy_text {
    const char *zh;
    const char *en;
};

/* Stage 1. `rules` is the order of walking; a rule that is not listed does not apply. */
struct policy_eligibility {
    const enum eligibility_rule *rules;
    size_t rule_count;
    const enum organisation_kind *body_kinds;
    size_t body_kind_count;
    const enum application_purpose *purposes;
    size_t purpose_count;
    int32_t months_in_operation_min;
    int32_t inspection_exempt_months; /* younger bodies have no annual inspection yet */
    int64_t amount_min_fen;
    int32_t profit_margin_min_bp;      /* read by PROFIT_MARGIN only */
    int32_t collateral_cover_min_bp;   /* read by COLLATERAL only */
    int32_t credit_history_months_min; /* read by CREDIT_HISTORY only */
};

#define POLICY_DELAY_BINS_MAX 16

/* Weekly hazards of one payer class; the row with level and fund source both given beats the one with level
 * only, which beats the one with neither. There is exactly one row with neither. */
struct policy_hazard_row {
    enum payer_level level;       /* PAYER_LEVEL_NONE: any */
    enum fund_source fund_source; /* FUND_SOURCE_NONE: any */
    const int64_t *hazard_ppm;    /* one per week bin, > 0 */
    size_t hazard_count;
};

/* Stage 2. */
struct policy_delay {
    const int64_t *bin_start_weeks; /* ascending, first 0; the last bin is open */
    size_t bin_count;
    const struct policy_hazard_row *payment;
    size_t payment_count;
    const int64_t *slip_hazard_ppm; /* one per week bin: acceptance after the due day */
    size_t slip_hazard_count;
    int64_t prior_strength_ppm; /* m: prior observations, in millionths of a milestone */
    int64_t hazard_cap_ppm;     /* no week's hazard exceeds this */
};

/* Stage 3. Order of the stage and evaluation tables is that of the enums. */
struct policy_pipeline {
    int64_t weight_intention_ppm;
    int64_t weight_tendering_ppm;
    int64_t weight_awarded_ppm;
    int64_t renewal_excellent_ppm;
    int64_t renewal_good_ppm;
    int64_t renewal_qualified_ppm;
    int64_t renewal_unqualified_ppm;
    int64_t renewal_unrated_ppm;
    int64_t renewal_per_earlier_ppm; /* added for each earlier renewal, up to renewal_earlier_max */
    int64_t renewal_earlier_max;
    int64_t renewal_cap_ppm;
    int64_t renewable_days_min; /* a shorter service is a single event and is not expected to be renewed; at least 28 */
    int64_t renewal_slow_ppm;   /* factor where the finance authority is slow */
    int64_t renewal_freeze_ppm; /* factor where it has frozen budgets */
    int64_t renewal_tier_station_ppm; /* added for county centres, township stations and village rooms: standing service posts */
    int64_t cross_ageing_days;      /* more than ... */
    int64_t cross_ageing_share_bp;  /* ... this share of a payer's due amount older than that: all of it ineligible */
};

/* Stage 4. */
struct policy_cashflow {
    int64_t seed;
    int64_t paths_log2;        /* 10 to 12: 4,096 paths are 12 */
    int64_t tail_weeks;        /* after the longest tenor: 13 covers 90 days */
    int64_t system_slow_ppm;   /* weights of the common states; the rest is normal */
    int64_t system_freeze_ppm;
    int64_t authority_slow_ppm;
    int64_t authority_freeze_ppm;
    int64_t hazard_slow_ppm;   /* factor on weekly payment hazards in that state */
    int64_t hazard_freeze_ppm;
    int64_t year_start_normal_weeks; /* no payments in the first weeks of a calendar year */
    int64_t year_start_slow_weeks;
    int64_t year_start_freeze_weeks;
    int64_t deduction_ppm;         /* expected share of a milestone that is deducted */
    int64_t cost_follows_work_ppm; /* share of payroll attached to contracts */
    int64_t notice_weeks;          /* a contract's staff cost goes on this long after it ends unrenewed */
    int64_t thirteenth_month;      /* calendar month in which it is paid */
};

/* The loan inside stage 4. */
struct policy_repayment {
    int64_t sweep_share_max_bp;
    int64_t sweep_share_step_bp;
    int64_t wage_gap_tolerance_bp;       /* of one month's payroll */
    int64_t wage_gap_probability_max_ppm;
    int64_t floor_ppm;                   /* P(repaid) must reach this; 0: no floor (the model is not consulted) */
    bool floor_with_renewals;            /* which P(repaid) the floor reads */
    bool floor_within_90_days;
};

struct policy_bin {
    int64_t below;  /* values below this; INT64_MAX in the last bin */
    int64_t points; /* tenths of a point are not used: whole points */
};

/* Stage 5. */
struct policy_characteristic {
    enum characteristic id;
    enum policy_source_kind kind;
    const char *source;
    int32_t direction; /* 1: points rise with the value, -1: fall, 0: any shape (declared, checked) */
    const struct policy_bin *bins; /* ascending, the last open */
    size_t bin_count;
    int64_t missing_points;
};

struct policy_pd_row {
    int64_t score_min; /* rows descend; the last is 0 */
    int64_t pd_ppm;
};

struct policy_lens_row {
    int64_t not_repaid_max_ppm; /* rows ascend; the last is 1,000,000 */
    int64_t pd_ppm;
};

#define POLICY_GRADE_COUNT 10

struct policy_scorecard {
    const struct policy_characteristic *characteristics;
    size_t characteristic_count;
    const struct policy_pd_row *pd;
    size_t pd_count;
    const struct policy_lens_row *lens; /* empty: the second lens is not used */
    size_t lens_count;
    const int64_t *grade_pd_max_ppm; /* POLICY_GRADE_COUNT, ascending; grade 1 first, the last 1,000,000 */
    size_t grade_count;
};

/* Stage 6. A bound that is switched off is not shown. */
struct policy_limit {
    bool use_income_share;
    bool use_receivables;
    bool use_repayment_floor;
    bool use_collateral;
    bool use_need;
    bool use_working_capital;
    int64_t product_max_fen;
    int64_t step_fen; /* only whole steps are lent */
    int64_t income_share_bp;
    int64_t collateral_share_bp;
    int64_t need_buffer_bp;
    int64_t advance_accepted_bp; /* accepted, not paid */
    int64_t advance_performed_bp;/* due, not accepted */
    int64_t advance_future_bp;   /* not yet due */
    int64_t deduct_unlocked_bp;  /* points taken off where the account is not locked */
    int64_t deduct_unpledged_bp;
    int64_t deduct_unconfirmed_bp;
    int64_t deduct_weak_fund_bp; /* fund sources other than budget, purchase list, lottery */
    int64_t deduct_beyond_budget_year_bp;
    int64_t dilution_multiple_bp;  /* times the organisation's own share of deductions */
    int64_t late_acceptance_bp;    /* taken off where a due milestone is over late_acceptance_days unaccepted */
    int64_t late_acceptance_days;
    int64_t payer_share_max_bp;    /* of the base from one payer */
    int64_t authority_share_max_bp;/* of the base from one finance authority */
    int64_t working_capital_growth_cap_bp;
};

/* Stage 7. */
struct policy_price {
    int64_t lgd_bp;
    int64_t lgd_secured_bp;    /* part covered by locked or pledged receivables */
    int64_t capital_hurdle_bp; /* return wanted on capital */
    int64_t operating_bp;
    int64_t inclusive_discount_bp;
    int64_t floor_bp;
    int64_t cap_bp;
    int64_t funding_spread_bp;          /* funding cost below LPR, for RAROC */
    const struct policy_lens_row *capital; /* PD up to ..., capital in ppm of exposure: generated from the IRB formula */
    size_t capital_count;
    const int64_t *tenor_months;        /* offered, ascending */
    size_t tenor_count;
    int64_t contract_tail_months;       /* a tenor may reach this far past the last signed contract's end */
};

enum policy_lever {
    POLICY_LEVER_NONE = 0,
    POLICY_LEVER_LOCK_ACCOUNTS,
    POLICY_LEVER_REGISTER_PLEDGE,
    POLICY_LEVER_CONFIRM_BUYERS
};

/* Stage 8. */
struct policy_decision {
    int64_t approve_grade_max; /* 1 best ... 10 */
    int64_t refer_grade_max;   /* up to here a person looks; above: decline */
    int64_t refer_repaid_min_ppm;  /* P(repaid) from here up to the floor is referred, below declined */
    const enum policy_lever *levers; /* that a lender can demand, in the order of asking */
    size_t lever_count;
    int64_t marginal_errors; /* within this many standard errors of the floor is marginal */
    int64_t strength_share_bp; /* a characteristic with at least this share of its points is a strength */
    int64_t as_of_age_days_max; /* an older as_of is recorded as retrospective */
};

/* How far one lever may be moved, in whole steps of its unit (counterfactual_levers.def). */
struct policy_counterfactual_lever {
    enum counterfactual_lever lever;
    int64_t step;
    int64_t max; /* at least one step; of contracts, milestones and instalments at most COUNTERFACTUAL_CANDIDATES_MAX */
    enum policy_source_kind kind;
    const char *source;
};

/* What is searched for an answer to "what would have to change"; a policy without the section searches nothing. */
struct policy_counterfactual {
    const struct policy_counterfactual_lever *levers; /* in the order of trying, each once */
    size_t lever_count;
    int64_t runs_max;           /* of the whole engine, for one decision */
    int64_t milestone_runs_max; /* runs times milestones of the dossier: fewer runs on a larger one, but at least one */
    int64_t signing_days;       /* from award to signing */
    bool with_pairs;            /* two levers together where none suffices */
    bool relax_conditions;      /* also where all that was asked is approved with conditions: what would do without them */
};

struct policy_vector; /* scoring/policy_trial.h */

/* After the first loan. */
struct policy_servicing {
    bool small_business_rules_apply; /* does the lender treat these bodies as small and micro enterprises under renewal and deferral rules? */
    bool use_green_channel;
    int64_t renewal_window_days;        /* a renewal is taken up this long before maturity, not earlier */
    int64_t record_months;              /* how far back the repayment record is read */
    int64_t on_time_min_bp;             /* share of instalments paid in time */
    int64_t days_past_due_max;          /* worst lateness within the record */
    int64_t renewal_cover_min_bp;       /* outstanding on sweepable contracts over the principal to be renewed */
    int64_t green_grade_max;            /* worst grade in the green channel */
    int64_t green_months_on_book_min;
    int64_t green_days_past_due_max;
    int64_t green_amount_max_bp;        /* of the facility's present limit */
    int64_t green_working_days;         /* to decide in */
    int64_t deferral_months_max;
    int64_t deferrals_max;              /* of one loan, over its life */
    int64_t deferral_cover_min_bp;      /* receivables over the instalments they would have paid */
    int64_t overdue_first_days;         /* a milestone unpaid for longer than this, */
    int64_t overdue_second_days;        /* this, */
    int64_t overdue_third_days;         /* and this */
    int64_t cash_runway_min_bp;         /* unrestricted cash over a month's cost: 10,000 is a month */
};

struct policy {
    const char *id;
    const char *version; /* semantic version */
    struct policy_text title;
    struct date effective_from;
    struct date effective_to; /* DATE_NONE: open */
    struct policy_eligibility eligibility;
    struct policy_delay delay;
    struct policy_pipeline pipeline;
    struct policy_cashflow cashflow;
    struct policy_repayment repayment;
    struct policy_scorecard scorecard;
    struct policy_limit limit;
    struct policy_price price;
    struct policy_decision decision;
    struct policy_counterfactual counterfactual;
    struct policy_servicing servicing;
    const struct policy_source *sources;
    size_t source_count;
    const struct policy_vector *vectors; /* the policy's own test cases */
    size_t vector_count;
};

/*
 * Everything a policy must satisfy before it may decide anything, all of it found at once, in the order of the sections:
 *
 *   numbers     within their ranges; those that grade a thing (stages, evaluations, states, advance rates) in its order
 *   bins        meet without gap or overlap, the last open; points follow the declared direction; every bin holds values
 *               that the characteristic can have, and gives other points than its neighbour
 *   tables      ascend or descend, reach their end; every row of the PD table and every grade is reached by some score
 *   bounds      a product can lend, floors lie under caps, shares stay within the whole, the simulation reaches past the
 *               longest loan; a bound that can never bind is a warning
 *   texts       in both languages; sources with pointer, kind and text
 *
 * What only the document shows (unknown members, numbers without source) is api/codec/policy_decode's.
 */
void policy_check_all(const struct policy *policy, struct policy_findings *findings);

/* A text in both languages, each really that language: an English text copied into "zh" is a missing one. */
void policy_check_text(const struct policy_text *text, const char *member, struct policy_findings *findings);

/* policy_check_all up to the first error: ZCD_INVALID with the pointer into the policy document. */
enum zcd_code policy_check(const struct policy *policy, struct zcd_error *err) ZCD_MUST_USE;

#endif
