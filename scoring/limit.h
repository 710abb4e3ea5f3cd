/*
 * limit.h - stage 6: ceilings and uses, and the one that binds. Pure. Thread: any.
 */
#ifndef SCORING_LIMIT_H
#define SCORING_LIMIT_H

#include "scoring/cashflow.h"

enum limit_bound_kind { LIMIT_CEILING = 1, LIMIT_USE };

/* LIMIT_BOUND(number, NAME, json, KIND, zh, en): a row's place is its precedence where several are equally low. */
enum limit_bound_name {
    LIMIT_NONE = 0,
#define LIMIT_BOUND(number, name, json, kind, zh, en) LIMIT_##name = number,
#include "scoring/limit_bounds.def"
#undef LIMIT_BOUND
    LIMIT_END
};

const char *limit_bound_json(enum limit_bound_name name);
const char *limit_bound_text_zh(enum limit_bound_name name);
const char *limit_bound_text_en(enum limit_bound_name name);
enum limit_bound_kind limit_bound_kind(enum limit_bound_name name);

struct limit_bound {
    enum limit_bound_name name;
    int64_t amount_fen; /* not rounded to steps; may be 0, never negative */
};

struct limit_result {
    struct limit_bound bounds[LIMIT_END]; /* those the policy uses, in the list's order */
    size_t bound_count;
    enum limit_bound_name binding; /* the first of the least */
    int64_t capacity_fen; /* least ceiling, whole steps */
    int64_t limit_fen;    /* least of all, whole steps */
    int64_t secured_fen;  /* the part of the receivable base whose account is locked or whose pledge is registered */
};

/* Security evidence taken as given on every sweepable contract, whatever the dossier says: a lender's conditions. */
struct limit_evidence {
    bool all_locked;
    bool all_pledged;
    bool all_confirmed;
};

/* Every bound but the repayment floor, which needs a search on the paths. None depends on the amount asked but ASKED. */
void limit_measure(const struct dossier *dossier, const struct policy *policy, struct date as_of, const struct delay_result *delay,
                   const struct pipeline_result *pipeline, const struct cashflow_result *cashflow,
                   const struct limit_evidence *evidence, int32_t tenor_months, struct arena *arena, struct limit_result *result);

/* The least ceiling so far, whole steps: how far a search for the repayment floor has to look. */
int64_t limit_least_ceiling(const struct policy *policy, const struct limit_result *result);

/* Put in the repayment floor (a negative amount: the policy has none) and name what binds. */
void limit_conclude(const struct policy *policy, int64_t repayment_floor_fen, struct limit_result *result);

#endif
