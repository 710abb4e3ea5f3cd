/*
 * reason.h - why: reasons, strengths, conditions and evidence needed, from one ordered list with texts in two languages.
 *
 * Not more than four principal reasons, from what really decided (Regulation B, 12 CFR 1002.9 and its commentary, as
 * practice; China has no equal duty): hard stops, the binding bound, the failed floor or governing lens, then points
 * lost in characteristics really scored. Pure. Thread: any.
 */
#ifndef SCORING_REASON_H
#define SCORING_REASON_H

#include "base/arena.h"
#include "scoring/reason_code.h"

#include <stddef.h>
#include <stdint.h>

#define REASON_PRINCIPAL_MAX 4

struct reason {
    enum reason_code code;
    const char *subject; /* what it speaks of: a rule, payer name, contract id, characteristic name; "" where nothing */
    const char *value;   /* the value read, as English text with its unit; "" where nothing (text_zh holds its own) */
    const char *text_zh; /* filled from the list */
    const char *text_en;
};

struct reason_list {
    const struct reason *rows;
    size_t count;
};

struct decision;
struct dossier;
struct policy;

/*
 * Fill reasons, strengths, conditions and evidence_needed of a decision whose stages and outcome are complete.
 *
 *   reasons          for all but a plain approval of what was asked; of the case as it stands. A hard stop decides alone,
 *                    so that where there is one, only stops are given. Points lost are given only where the grade of the
 *                    score by itself does not suffice: a factor that did not decide is not a reason.
 *   strengths        of the governing case: at least policy.decision.strength_share_bp of a row's points, most points first
 *   conditions       of an approval: the levers taken as met, each with the contracts it concerns, then covenants
 *   evidence_needed  documents for findings that are missing; on a referral also for values that are, most points first
 */
void reason_explain(const struct dossier *dossier, const struct policy *policy, struct arena *arena, struct decision *decision);

#endif
