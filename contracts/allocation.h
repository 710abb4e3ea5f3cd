/*
 * allocation.h - payments whose source names no milestone, handed to a contract's milestones.
 *
 * The oldest payment goes to the earliest milestone due that has something outstanding, then to the next: as a debtor's payment without a
 * purpose goes to the debt that fell due first (Civil Code of the PRC, article 560). Pure. Thread: any.
 */
#ifndef CONTRACTS_ALLOCATION_H
#define CONTRACTS_ALLOCATION_H

#include "base/arena.h"
#include "contracts/schedule.h"

/*
 * Hand them out. A payment may be split; what is left when all milestones are settled goes to none of them.
 *
 *   milestones  in/out  their payments are replaced by longer lists, in the arena; any order
 *   payments    in      any order; amounts above 0
 */
void allocation_hand_out(struct milestone *milestones, size_t milestone_count, const struct payment *payments,
                         size_t payment_count, struct arena *arena);

#endif
