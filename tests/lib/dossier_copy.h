/* dossier_copy.h - a dossier that may be changed, with everything that hangs on it. Only for tests. */
#ifndef TESTS_LIB_DOSSIER_COPY_H
#define TESTS_LIB_DOSSIER_COPY_H

#include "base/arena.h"
#include "contracts/dossier.h"

/* Texts stay shared with the original. There is room for one contract more. */
struct dossier *dossier_copy(const struct dossier *dossier, struct arena *arena);

/* The arrays of a copy, which its types call const. */
struct milestone *copied_milestones(const struct contract *contract);
struct payment *copied_payments(const struct milestone *milestone);
struct instalment *copied_instalments(const struct facility *facility);
struct instalment_payment *copied_instalment_payments(const struct instalment *instalment);

/* Take a row out; whatever names a removed contract or facility lets go of it. The last facility of a renewal makes it a first loan. */
void dossier_remove_contract(struct dossier *copy, size_t index);
void dossier_remove_facility(struct dossier *copy, size_t index);
void dossier_remove_milestone(struct dossier *copy, size_t contract, size_t index); /* its amount leaves the contract's value */

#endif
