#include "contracts/receipt_rematch.h"

#include <assert.h>
#include <string.h>

struct receipt kept_receipt_judged(const struct kept_receipt *receipt)
{
    return (struct receipt){.id = receipt->id,
                            .on = receipt->received_on,
                            .amount_fen = receipt->amount_fen,
                            .payer_name = receipt->payer_name,
                            .note = receipt->note,
                            .is_matched = receipt->reason == MATCH_NONE || receipt->is_another_statements};
}

static bool is_same_offer(const struct receipt_hold *hold, const struct receivable *receivable, const struct receipt_part *part)
{
    return strcmp(hold->contract, receivable->contract) == 0 && strcmp(hold->milestone, receivable->milestone) == 0
           && hold->confidence_ppm == part->confidence_ppm && strcmp(hold->reason, match_reason_code(part->reason)) == 0;
}

/* Each milestone is offered once, so that as many are the same when each is found. */
static bool are_same_offers(const struct kept_receipt *receipt, const struct receivable *receivables, const struct receipt_part *parts,
                            size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < receipt->hold_count; k++)
            found += is_same_offer(&receipt->holds[k], &receivables[parts[i].receivable], &parts[i]);
    }
    return found == count && count == receipt->hold_count;
}

/* What came of one receipt that was judged. False when it stays as it is. */
static bool find_change(const struct kept_receipt *receipt, const struct receivable *receivables, const struct receipt_part *parts,
                        size_t count, struct receipt_change *change)
{
    bool is_matched = parts[0].receivable != SIZE_MAX;

    *change = (struct receipt_change){receipt, MATCH_NONE, parts, count};
    if (is_matched)
        return true;
    change->reason = parts[0].reason;
    change->parts++;
    change->part_count--;
    if (receipt->reason == MATCH_NONE)
        return change->reason == MATCH_PAYMENT_KNOWN;
    /* Once a person is asked, it is for a person to say, also when the contract is gone by now. */
    if (change->reason == MATCH_NO_PAYER)
        change->reason = receipt->reason;
    return change->reason != receipt->reason || !are_same_offers(receipt, receivables, change->parts, change->part_count);
}

size_t receipt_rematch(const struct receivable *receivables, size_t receivable_count, const struct kept_receipt *receipts,
                       size_t receipt_count, struct arena *arena, const struct receipt_change **changes)
{
    struct receipt *judged = ARENA_NEW(arena, struct receipt, receipt_count + 1);
    struct receipt_change *made = ARENA_NEW(arena, struct receipt_change, receipt_count + 1);
    const struct receipt_part *parts;
    size_t made_count = 0, next = 0;

    for (size_t i = 0; i < receipt_count; i++)
        judged[i] = kept_receipt_judged(&receipts[i]);
    size_t part_count = receipt_match(receivables, receivable_count, judged, receipt_count, arena, &parts);
    while (next < part_count) {
        size_t first = next, receipt = parts[first].receipt;
        while (next < part_count && parts[next].receipt == receipt)
            next++;
        assert(receipt < receipt_count);
        if (!receipts[receipt].is_another_statements
            && find_change(&receipts[receipt], receivables, &parts[first], next - first, &made[made_count]))
            made_count++;
    }
    *changes = made;
    return made_count;
}
