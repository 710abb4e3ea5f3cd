/*
 * property.h - what must always hold of decisions: a change to a dossier, and what it may not do to the decision.
 *
 * properties.c tries each on generated dossiers; property.c holds the list.
 */
#ifndef TESTS_SCORING_PROPERTY_H
#define TESTS_SCORING_PROPERTY_H

#include "base/bytes.h"
#include "generator/chance.h"
#include "scoring/decision.h"

#define PROPERTY_MESSAGE_SIZE 256

/* A decision and what it was made of. */
struct property_side {
    const struct dossier *dossier;
    const struct policy *policy;
    const struct decision *decision;
};

/* A change about to be made. */
struct property_change {
    struct chance *chance;
    const struct property_side *before;
    struct dossier *dossier; /* a copy (tests/lib/dossier_copy.h) */
    struct policy *policy;   /* a copy whose tables are shared */
    struct arena *arena;     /* the copy's */
};

struct property {
    const char *name; /* one word, for --only */
    const char *sentence;
    bool (*make)(struct property_change *change); /* false: the change cannot be made here */
    /* Does the property hold of the two? If not, say what broke. */
    bool (*holds)(const struct property_side *before, const struct property_side *after, char message[PROPERTY_MESSAGE_SIZE]);
    /* Does the pair say something: was the base approved and did a bound move, or what else fits the property? */
    bool (*says_something)(const struct property_side *before, const struct property_side *after);
};

extern const struct property PROPERTIES[];
extern const size_t PROPERTY_COUNT;

/* The decision's document, without what differs for every dossier: its digest. */
void property_write_decision(const struct property_side *side, struct buffer *json);

#endif
