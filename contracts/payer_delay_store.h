/*
 * payer_delay_store.h - what the whole book knows of how payers pay: kept current with every import, frozen into each dossier
 * without the organisation's own milestones.
 *
 * What is kept are shares of milestones by how they were paid: so many millionths after w whole weeks, so many unpaid since a
 * payable day; for each payer and each class (level and fund source). Which day is payable is as in contracts/schedule.h, which
 * share as in scoring/delay.c; a payment dated after the day on which it was recorded is not counted, and a contract with payments whose milestone is not
 * known says nothing about its payer's delay. Events and exposure
 * follow from them and a policy's prior hazards on any day, so that no policy has to be known when a payment comes in.
 *
 * A payer is one and the same over organisations and lenders by its USCC, or by name and region. Only sums over organisations
 * leave this file. Of an organisation that two lenders brought, both count for others, and neither for itself.
 * Thread: that of the connection.
 */
#ifndef CONTRACTS_PAYER_DELAY_STORE_H
#define CONTRACTS_PAYER_DELAY_STORE_H

#include "base/arena.h"
#include "contracts/dossier.h"
#include "contracts/fact_table_store.h"

#define PAYER_DELAY_WEEKS 160 /* of scoring/delay.h: what takes longer counts as the last of them */

/*
 * Prior hazards of a policy.
 *
 *   sums_ppm  gives, for a class, the sum of the prior hazards of the first w weeks, w from 0 to PAYER_DELAY_WEEKS
 */
struct payer_prior {
    void (*fill)(const void *context, enum payer_level level, enum fund_source fund_source,
                 int64_t sums_ppm[PAYER_DELAY_WEEKS + 1]);
    const void *context;
};

/*
 * Bring the book to what the import has changed, at the import's end, in its transaction: import_store_end and
 * import_store_withdraw call it. Writers wait here for one another until they commit;
 * an import that is at once does not: ZCD_CONFLICT.
 */
enum zcd_code payer_delay_store_update(struct db *db, const struct fact_import *import,
                                       struct zcd_error *err) ZCD_MUST_USE;

/* Make the book anew from all facts, in one transaction of its own. Gives the same rows that the updates gave. */
enum zcd_code payer_delay_store_rebuild(struct db *db, struct zcd_error *err) ZCD_MUST_USE;

/*
 * Put the book's experience into a dossier, for its payers and the classes of its contracts, without anything of the
 * organisation itself. A row that was imported with the facts stays only where the book knows nothing.
 * As of today and known now, sums are read; of another day or an earlier knowledge they are made from the facts as they stood,
 * which takes as long as the book is large. In the transaction that read the dossier.
 *
 *   dossier  in/out  payers and contracts by their ids; payer_experience is written
 *   arena    in      the dossier's
 */
enum zcd_code payer_delay_store_freeze(struct db *db, struct dossier *dossier, int64_t known_at_us,
                                       const struct payer_prior *prior, struct arena *arena,
                                       struct zcd_error *err) ZCD_MUST_USE;

#endif
