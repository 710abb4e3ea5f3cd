/*
 * servicing.h - what is decided after the first loan: renewal or deferral, the green channel, and how they turn the outcome.
 *
 * Pure. Thread: any.
 */
#ifndef SCORING_SERVICING_H
#define SCORING_SERVICING_H

#include "scoring/decision.h"

/*
 * Complete a decision whose stages, governing case and outcome are there, and whose reasons are not yet.
 *
 *   first loan          nothing changes
 *   renewal, increase   a rule that fails declines; one that waits refers, where more was possible. The engine's own answer is
 *                       one of the rules and turns nothing twice
 *   deferral            every rule holds: approved; what fails is for a person to weigh: referred; else declined. The figures of
 *                       a loan are shown and decide nothing
 *
 *   decision  in/out  renewal, deferral, green_channel, outcome and limit_fen are written
 */
void servicing_conclude(const struct dossier *dossier, const struct policy *policy, struct arena *arena, struct decision *decision);

#endif
