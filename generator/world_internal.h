/*
 * world_internal.h - what the parts of a world hand to each other: character (who they are), life (what happens), portrait (what a
 * dossier shows), future (what comes and goes after as_of). Days are struct date's; DAY_NEVER is after all of them.
 */
#ifndef GENERATOR_WORLD_INTERNAL_H
#define GENERATOR_WORLD_INTERNAL_H

#include "generator/chance.h"
#include "generator/world.h"

#define DAY_NEVER INT32_MAX
#define LIFE_MILESTONES_MAX 6
#define YUAN INT64_C(100)       /* fen */
#define WAN (10000 * YUAN)

/* A finance authority: everybody of one region is paid from one budget. */
struct authority {
    struct region region;
    int32_t round_days;      /* between two rounds of acceptance */
    int32_t round_phase;
    int32_t cut_on;          /* the day of a budget cut; DAY_NEVER: none */
    int32_t tight_permille;  /* of years */
    char id[8];
};

struct payer_law {
    struct payer shown;
    const struct authority *authority;
    struct world_payer truth;
    bool is_public;
    int32_t rush_permille; /* of files that it clears before the year's end */
};

struct life_payment {
    int32_t paid_on;
    int64_t amount_fen;
};

struct life_milestone {
    int64_t amount_fen;
    int64_t deducted_fen;
    int32_t due_on;
    int32_t accepted_on; /* DAY_NEVER: the contract was cut before */
    int32_t invoiced_on;
    struct life_payment payments[2];
    int32_t payment_count;
    const char *title;
};

/* One contract from the intention to the last payment, truth and all. */
struct life {
    const struct line *line;
    char id[48];
    int32_t intended_on, tendered_on, awarded_on, signed_on, starts_on, ends_on;
    int32_t failed_on;     /* the purchase came to nothing; DAY_NEVER: it was signed */
    int32_t terminated_on; /* DAY_NEVER: it ran its course */
    int64_t value_fen;
    int32_t renewals;
    enum evaluation_result evaluation; /* of its service, known at its end */
    enum evaluation_result evaluation_before;
    int64_t disputed_fen;
    bool account_locked, buyer_confirmed, has_pledge, is_pledged_elsewhere;
    bool is_followed;
    struct life_milestone milestones[LIFE_MILESTONES_MAX];
    int32_t milestone_count;
};

/* A service that is bought again and again. */
struct line {
    size_t payer;
    char id[24];
    int64_t value_fen;
    int32_t first_start;
    int32_t months;
    size_t shape;
    enum contract_tier tier;
    enum fund_source fund_source;
    enum payment_trigger trigger;
    int32_t term_days;
    int32_t earlier_years; /* how often it had been renewed when the story begins */
    bool is_event; /* bought once */
};

/* What the organisation is like. */
struct character {
    int32_t quality;          /* 0 bad, 1 middling, 2 good */
    int32_t slip_days;        /* median, due day to ready */
    int32_t spell_from, spell_to; /* a bad spell: everything is late */
    int32_t spell_days;
    int32_t payroll_permille; /* of the value of work */
    int32_t other_permille;
    int32_t fixed_permille;   /* of payroll that does not follow work */
    int32_t lag_months;       /* with which the rest follows it */
    int32_t raise_permille;   /* every July */
    int32_t reserve_permille; /* of a month's cost: cash and what is earned and not yet paid */
    int32_t history_days;     /* contracts that ended longer ago are not in the dossier */
    int32_t lateness_permille;/* of instalments */
    int32_t missing_permille; /* of evidence */
    int32_t thirteenth_month; /* calendar month; 0: none */
};

struct story {
    struct chance_seed seed;
    struct arena *arena;
    uint32_t number;
    struct date as_of;
    int32_t horizon; /* day */
    struct character character;
    struct authority *authorities;
    size_t authority_count;
    struct payer_law *payers;
    size_t payer_count;
    struct line *lines;
    size_t line_count;
    struct life *lives;
    size_t life_count;
};

/* character.c */
void character_draw(struct story *story);
int32_t tightness_permille(const struct story *story, const struct authority *authority, int32_t day); /* 1000: an ordinary year */

/* delay_law.c: when a file that is payable on that day is paid */
int32_t delay_law_paid_on(const struct story *story, const struct payer_law *payer, int32_t payable_on, struct chance *chance);

/* life.c */
void lives_draw(struct story *story);
int64_t work_fen_per_day(const struct story *story, int32_t day); /* value of the work going on that day */

/* portrait.c, organisation_portrait.c, loan_portrait.c */
const struct dossier *portrait_draw(struct story *story);
bool portrait_shows(const struct story *story, const struct life *life, enum contract_stage *stage);
bool portrait_may_be_swept(const struct story *story, const struct life *life); /* public, signed, unrestricted, unpledged */
void portrait_organisation(const struct story *story, struct organisation *organisation);
void portrait_facilities(struct story *story, struct dossier *dossier);
int64_t payroll_fen(const struct story *story, int32_t day);     /* of the month of that day */
int64_t other_costs_fen(const struct story *story, int32_t day);

/* future.c */
void future_list(const struct story *story, struct world *world);

/* Small words that all parts use. */
int32_t day_of(int year, int month, int day); /* a day that exists */
int year_of_day(int32_t day);
int32_t working_day_after(int32_t day); /* that day, or the Monday behind a weekend */
int32_t day_max(int32_t a, int32_t b);
int64_t permille_of(int64_t amount, int64_t permille);
const char *text_of(struct arena *arena, const char *format, ...) ZCD_PRINTF(2, 3);
struct uscc code_invent(const char *body_kind, const struct region *region, char letter, uint32_t number);

#endif
