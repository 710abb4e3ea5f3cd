#include "contracts/receipt_match.h"

#include "contracts/folded_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The milestones of one contract: a run of matcher.order. */
struct contract_run {
    size_t first, count;
};

/* A folded name or number, and a contract it leads to. */
struct lead {
    const char *text;
    size_t size;
    size_t contract;
};

struct matcher {
    const struct receivable *receivables;
    size_t *order; /* receivables by contract, due day, milestone */
    size_t receivable_count;
    int64_t *open_fen; /* by place in order */
    size_t *first_known; /* the same: of its first known payment in is_known_used */
    bool *is_known_used;
    struct contract_run *contracts;
    size_t contract_count;
    struct lead *names, *numbers; /* sorted */
    size_t name_count, number_count;
    bool begins_number[256];
    size_t *sizes; /* the different sizes of numbers, ascending */
    size_t size_count;
    size_t *candidates; /* contracts of the receipt at hand, ascending */
    size_t candidate_count;
    bool is_cited, is_payers, is_treasury;
    struct buffer folded;
    struct receipt_part *parts;
    size_t part_count, part_capacity;
};

/* qsort has no context: what is sorted carries what it is sorted by. */
struct sorted_receivable {
    const struct receivable *receivable;
    size_t index;
};

struct sorted_receipt {
    const struct receipt *receipt;
    size_t index;
};

static int compare_receivables(const void *a, const void *b)
{
    const struct receivable *x = ((const struct sorted_receivable *)a)->receivable;
    const struct receivable *y = ((const struct sorted_receivable *)b)->receivable;
    int by_contract = strcmp(x->contract, y->contract);
    if (by_contract != 0)
        return by_contract;
    int by_day = date_compare(x->due_on, y->due_on);
    return by_day != 0 ? by_day : strcmp(x->milestone, y->milestone);
}

static int compare_receipts(const void *a, const void *b)
{
    const struct receipt *x = ((const struct sorted_receipt *)a)->receipt;
    const struct receipt *y = ((const struct sorted_receipt *)b)->receipt;
    int by_day = date_compare(x->on, y->on);
    return by_day != 0 ? by_day : strcmp(x->id, y->id);
}

static int compare_texts(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_leads(const void *a, const void *b)
{
    const struct lead *x = a;
    const struct lead *y = b;
    int order = compare_texts(x->text, x->size, y->text, y->size);
    return order != 0 ? order : (x->contract > y->contract) - (x->contract < y->contract);
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* ---------------------------------------------------------------- what is looked up */

static void number_known_payments(struct matcher *matcher, struct arena *arena)
{
    size_t count = 0;

    matcher->first_known = ARENA_NEW(arena, size_t, matcher->receivable_count + 1);
    for (size_t place = 0; place < matcher->receivable_count; place++) {
        matcher->first_known[place] = count;
        count += matcher->receivables[matcher->order[place]].payment_count;
    }
    matcher->is_known_used = ARENA_NEW(arena, bool, count + 1);
}

static void sort_receivables(struct matcher *matcher, size_t count, struct arena *arena)
{
    struct sorted_receivable *sorted = ARENA_NEW(arena, struct sorted_receivable, count + 1);

    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct sorted_receivable){.receivable = &matcher->receivables[i], .index = i};
    qsort(sorted, count, sizeof *sorted, compare_receivables);
    matcher->receivable_count = count;
    matcher->order = ARENA_NEW(arena, size_t, count + 1);
    matcher->open_fen = ARENA_NEW(arena, int64_t, count + 1);
    matcher->contracts = ARENA_NEW(arena, struct contract_run, count + 1);
    for (size_t i = 0; i < count; i++) {
        matcher->order[i] = sorted[i].index;
        matcher->open_fen[i] = sorted[i].receivable->open_fen;
        if (i == 0 || strcmp(sorted[i].receivable->contract, sorted[i - 1].receivable->contract) != 0)
            matcher->contracts[matcher->contract_count++] = (struct contract_run){.first = i};
        matcher->contracts[matcher->contract_count - 1].count++;
    }
    number_known_payments(matcher, arena);
}

static struct lead fold_lead(const char *text, size_t contract, struct buffer *folded, struct arena *arena)
{
    buffer_clear(folded);
    text_fold(text, folded);
    return (struct lead){.text = arena_copy_bytes(arena, folded->data, folded->size), .size = folded->size, .contract = contract};
}

static size_t sort_leads(struct lead *leads, size_t count)
{
    size_t kept = 0;

    qsort(leads, count, sizeof *leads, compare_leads);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_leads(&leads[kept - 1], &leads[i]) != 0)
            leads[kept++] = leads[i];
    }
    return kept;
}

static void index_numbers(struct matcher *matcher, struct arena *arena)
{
    matcher->sizes = ARENA_NEW(arena, size_t, matcher->number_count + 1);
    for (size_t i = 0; i < matcher->number_count; i++) {
        matcher->begins_number[(unsigned char)matcher->numbers[i].text[0]] = true;
        matcher->sizes[i] = matcher->numbers[i].size;
    }
    qsort(matcher->sizes, matcher->number_count, sizeof *matcher->sizes, compare_sizes);
    for (size_t i = 0; i < matcher->number_count; i++) {
        if (matcher->size_count == 0 || matcher->sizes[matcher->size_count - 1] != matcher->sizes[i])
            matcher->sizes[matcher->size_count++] = matcher->sizes[i];
    }
}

static void index_leads(struct matcher *matcher, struct arena *arena)
{
    size_t name_count = 0;

    for (size_t i = 0; i < matcher->receivable_count; i++)
        name_count += matcher->receivables[i].payer_name_count;
    matcher->names = ARENA_NEW(arena, struct lead, name_count + 1);
    matcher->numbers = ARENA_NEW(arena, struct lead, matcher->receivable_count + 1);
    for (size_t contract = 0; contract < matcher->contract_count; contract++) {
        const struct contract_run *run = &matcher->contracts[contract];
        for (size_t i = run->first; i < run->first + run->count; i++) {
            const struct receivable *receivable = &matcher->receivables[matcher->order[i]];
            for (size_t k = 0; k < receivable->payer_name_count; k++) {
                struct lead name = fold_lead(receivable->payer_names[k], contract, &matcher->folded, arena);
                if (name.size > 0)
                    matcher->names[matcher->name_count++] = name;
            }
            struct lead number = fold_lead(receivable->number, contract, &matcher->folded, arena);
            if (number.size >= RECEIPT_NUMBER_SIZE_MIN)
                matcher->numbers[matcher->number_count++] = number;
        }
    }
    matcher->name_count = sort_leads(matcher->names, matcher->name_count);
    matcher->number_count = sort_leads(matcher->numbers, matcher->number_count);
    index_numbers(matcher, arena);
}

/* The first lead that is not smaller than the text. */
static size_t find_lead(const struct lead *leads, size_t count, const char *text, size_t size)
{
    size_t low = 0;

    while (count > 0) {
        size_t half = count / 2;
        if (compare_texts(leads[low + half].text, leads[low + half].size, text, size) < 0) {
            low += half + 1;
            count -= half + 1;
            continue;
        }
        count = half;
    }
    return low;
}

static bool is_lead(const struct lead *lead, const char *text, size_t size)
{
    return compare_texts(lead->text, lead->size, text, size) == 0;
}

static void add_candidate(struct matcher *matcher, size_t contract)
{
    size_t at = matcher->candidate_count;

    for (size_t i = 0; i < matcher->candidate_count; i++) {
        if (matcher->candidates[i] == contract)
            return;
    }
    while (at > 0 && matcher->candidates[at - 1] > contract) {
        matcher->candidates[at] = matcher->candidates[at - 1];
        at--;
    }
    matcher->candidates[at] = contract;
    matcher->candidate_count++;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Does text[0..size) stand on its own, not inside a longer number? */
static bool stands_alone(const char *note, size_t note_size, size_t at, size_t size)
{
    bool joined_before = at > 0 && is_letter_or_digit(note[at - 1]) && is_letter_or_digit(note[at]);
    bool joined_behind = at + size < note_size && is_letter_or_digit(note[at + size - 1]) && is_letter_or_digit(note[at + size]);

    return !joined_before && !joined_behind;
}

/* The longest number that stands at this place of the note: "HT-1" is not cited by "HT-1-2" where that is a number too. */
static size_t cite_at(struct matcher *matcher, const char *note, size_t note_size, size_t at)
{
    for (size_t i = matcher->size_count; i > 0; i--) {
        size_t size = matcher->sizes[i - 1];
        if (at + size > note_size || !stands_alone(note, note_size, at, size))
            continue;
        size_t found = find_lead(matcher->numbers, matcher->number_count, note + at, size);
        if (found == matcher->number_count || !is_lead(&matcher->numbers[found], note + at, size))
            continue;
        for (; found < matcher->number_count && is_lead(&matcher->numbers[found], note + at, size); found++)
            add_candidate(matcher, matcher->numbers[found].contract);
        return size;
    }
    return 1;
}

static bool pays_for(const struct matcher *matcher, size_t name, const char *text, size_t size, size_t contract)
{
    for (; name < matcher->name_count && is_lead(&matcher->names[name], text, size); name++) {
        if (matcher->names[name].contract == contract)
            return true;
    }
    return false;
}

/* The treasury pays in the place of departments (direct payment, 财政直接支付), by names that hold one of these. */
static bool is_treasury(const char *name)
{
    return strstr(name, "财政") != NULL || strstr(name, "国库") != NULL;
}

/* Which contracts may it be of: those the note cites, else those of the payer. */
static void find_candidates(struct matcher *matcher, const struct receipt *receipt)
{
    matcher->candidate_count = 0;
    buffer_clear(&matcher->folded);
    text_fold(receipt->note, &matcher->folded);
    const char *note = (const char *)matcher->folded.data;
    for (size_t at = 0; at < matcher->folded.size;)
        at += matcher->begins_number[(unsigned char)note[at]] ? cite_at(matcher, note, matcher->folded.size, at) : 1;
    matcher->is_cited = matcher->candidate_count > 0;

    buffer_clear(&matcher->folded);
    text_fold(receipt->payer_name, &matcher->folded);
    const char *name = (const char *)matcher->folded.data;
    size_t size = matcher->folded.size;
    size_t first = find_lead(matcher->names, matcher->name_count, name, size);
    matcher->is_payers = true;
    matcher->is_treasury = is_treasury(receipt->payer_name);
    for (size_t i = 0; i < matcher->candidate_count; i++)
        matcher->is_payers = matcher->is_payers && pays_for(matcher, first, name, size, matcher->candidates[i]);
    if (matcher->is_cited)
        return;
    /* Leads of one name ascend by contract: they come in order, each once. */
    for (; first < matcher->name_count && is_lead(&matcher->names[first], name, size); first++)
        matcher->candidates[matcher->candidate_count++] = matcher->names[first].contract;
}

/* ---------------------------------------------------------------- what is decided */

/* May the milestone at this place of the order have been paid on that day? */
static bool is_eligible(const struct matcher *matcher, size_t place, struct date on)
{
    const struct receivable *receivable = &matcher->receivables[matcher->order[place]];

    if (matcher->open_fen[place] <= 0 || date_is_none(receivable->due_on))
        return false;
    int32_t days_late = date_days_between(receivable->due_on, on);
    return days_late >= -RECEIPT_EARLY_DAYS_MAX && days_late <= RECEIPT_LATE_DAYS_MAX
           && date_compare(receivable->signed_on, on) <= 0; /* DATE_NONE is smaller than all */
}

/* What the candidates offer to one receipt. Places are of matcher.order; SIZE_MAX for none. */
struct offer {
    size_t exact_place, exact_contracts, exact_count; /* milestones of exactly this amount */
    size_t sum_contract, sum_contracts;               /* contracts whose next milestones sum up to it */
    size_t open_contract, open_contracts;             /* contracts with anything open */
    int64_t open_fen;                                 /* of the last of them */
    size_t earliest_place;                            /* of the last of them */
    int64_t due_fen;                                  /* over all contracts, due on the day */
    size_t due_contracts;
};

static void look_at_contract(const struct matcher *matcher, size_t contract, const struct receipt *receipt, struct offer *offer)
{
    const struct contract_run *run = &matcher->contracts[contract];
    int64_t sum_fen = 0;
    size_t open_count = 0;
    bool has_exact = false, has_sum = false, has_due = false;

    for (size_t place = run->first; place < run->first + run->count; place++) {
        if (!is_eligible(matcher, place, receipt->on))
            continue;
        int64_t open_fen = matcher->open_fen[place];
        sum_fen += open_fen;
        if (open_count++ == 0)
            offer->earliest_place = place;
        has_sum = has_sum || (sum_fen == receipt->amount_fen && open_count > 1);
        if (date_compare(matcher->receivables[matcher->order[place]].due_on, receipt->on) <= 0) {
            offer->due_fen += open_fen;
            has_due = true;
        }
        if (open_fen != receipt->amount_fen)
            continue;
        offer->exact_count++;
        if (!has_exact)
            offer->exact_place = place;
        has_exact = true;
    }
    offer->exact_contracts += has_exact ? 1 : 0;
    offer->due_contracts += has_due ? 1 : 0;
    if (has_sum) {
        offer->sum_contracts++;
        offer->sum_contract = contract;
    }
    if (open_count > 0) {
        offer->open_contracts++;
        offer->open_contract = contract;
        offer->open_fen = sum_fen;
    }
}

static void add_part(struct matcher *matcher, size_t receipt, size_t receivable, int64_t amount_fen, enum match_reason reason,
                     struct arena *arena)
{
    if (matcher->part_count == matcher->part_capacity) {
        size_t capacity = matcher->part_capacity * 2 + 16;
        struct receipt_part *grown = ARENA_NEW(arena, struct receipt_part, capacity);
        if (matcher->part_count > 0)
            memcpy(grown, matcher->parts, matcher->part_count * sizeof *grown);
        matcher->parts = grown;
        matcher->part_capacity = capacity;
    }
    matcher->parts[matcher->part_count++] =
        (struct receipt_part){receipt, receivable, amount_fen, reason, false, match_reason_confidence_ppm(reason)};
}

/* Give the amount to the milestones of a contract in order of their due days, only to those due on the day where asked;
 * returns what is left of it. */
static int64_t allot(struct matcher *matcher, size_t contract, const struct receipt *receipt, size_t index, int64_t amount_fen,
                     bool only_due, enum match_reason reason, struct arena *arena)
{
    const struct contract_run *run = &matcher->contracts[contract];

    for (size_t place = run->first; place < run->first + run->count && amount_fen > 0; place++) {
        size_t receivable = matcher->order[place];
        if (!is_eligible(matcher, place, receipt->on)
            || (only_due && date_compare(matcher->receivables[receivable].due_on, receipt->on) > 0))
            continue;
        int64_t part_fen = matcher->open_fen[place] < amount_fen ? matcher->open_fen[place] : amount_fen;
        matcher->open_fen[place] -= part_fen;
        amount_fen -= part_fen;
        add_part(matcher, index, receivable, part_fen, reason, arena);
    }
    return amount_fen;
}

/* One contract is left in question, and no amount fits exactly. */
static enum match_reason judge_part(const struct matcher *matcher, const struct offer *offer, int64_t amount_fen)
{
    bool fits_earliest = amount_fen < matcher->open_fen[offer->earliest_place];

    if (amount_fen > offer->open_fen)
        return MATCH_EXCEEDS;
    if (matcher->is_cited)
        return fits_earliest ? MATCH_NUMBER_PART : MATCH_NUMBER_IN_ORDER;
    /* A payer with a second contract, though nothing of it is open now, may have meant that. */
    return fits_earliest && matcher->candidate_count == 1 ? MATCH_PAYER_PART : MATCH_NO_AMOUNT_FITS;
}

static enum match_reason judge(const struct matcher *matcher, const struct offer *offer, const struct receipt *receipt)
{
    if (matcher->candidate_count == 0)
        return matcher->is_treasury ? MATCH_TREASURY : MATCH_NO_PAYER;
    if (offer->open_contracts == 0)
        return MATCH_NOTHING_OPEN;
    if (offer->exact_contracts > 1)
        return MATCH_AMBIGUOUS;
    if (offer->exact_contracts == 1) {
        if (matcher->is_cited)
            return matcher->is_payers ? MATCH_NUMBER_AMOUNT : MATCH_NUMBER_OTHER_PAYER;
        return offer->exact_count == 1 ? MATCH_PAYER_AMOUNT : MATCH_PAYER_EARLIEST;
    }
    if (matcher->is_cited && !matcher->is_payers)
        return MATCH_OTHER_PAYER;
    if (offer->sum_contracts > 1)
        return MATCH_AMBIGUOUS;
    if (offer->sum_contracts == 1)
        return matcher->is_cited ? MATCH_NUMBER_SUM : MATCH_PAYER_SUM;
    if (offer->due_contracts > 1 && offer->due_fen == receipt->amount_fen)
        return MATCH_PAYER_ALL_DUE;
    return offer->open_contracts > 1 ? MATCH_AMBIGUOUS : judge_part(matcher, offer, receipt->amount_fen);
}

/* ---------------------------------------------------------- what is known already */

/* Is it a payment that another source told of? The nearest day is taken, once. */
static bool take_known_payment(struct matcher *matcher, const struct receipt *receipt)
{
    int32_t days_least = RECEIPT_KNOWN_DAYS_MAX + 1;
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < matcher->candidate_count; i++) {
        const struct contract_run *run = &matcher->contracts[matcher->candidates[i]];
        for (size_t place = run->first; place < run->first + run->count; place++) {
            const struct receivable *receivable = &matcher->receivables[matcher->order[place]];
            for (size_t k = 0; k < receivable->payment_count; k++) {
                int32_t days = abs(date_days_between(receivable->payments[k].on, receipt->on));
                size_t known = matcher->first_known[place] + k;
                if (receivable->payments[k].amount_fen != receipt->amount_fen || days >= days_least
                    || matcher->is_known_used[known])
                    continue;
                days_least = days;
                found = known;
            }
        }
    }
    if (found != SIZE_MAX)
        matcher->is_known_used[found] = true;
    return found != SIZE_MAX;
}

/* ------------------------------------------------------- what a person is offered */

/* Milestones that a receipt may belong to, by what speaks for them. */
struct offers {
    size_t count;
    struct receipt_part parts[RECEIPT_OFFERS_MAX];
    size_t contracts[RECEIPT_OFFERS_MAX]; /* of each part */
};

static void add_offer(struct matcher *matcher, struct offers *offers, size_t contract, size_t place, enum match_reason reason)
{
    if (offers->count == RECEIPT_OFFERS_MAX)
        return;
    offers->contracts[offers->count] = contract;
    offers->parts[offers->count++] =
        (struct receipt_part){.receivable = matcher->order[place], .reason = reason, .is_offer = true};
}

/* The first milestones that sum up to the amount: how many, 0 when none do. */
static size_t count_sum(const struct matcher *matcher, const struct contract_run *run, const struct receipt *receipt)
{
    int64_t sum_fen = 0;
    size_t count = 0;

    for (size_t place = run->first; place < run->first + run->count && sum_fen < receipt->amount_fen; place++) {
        if (!is_eligible(matcher, place, receipt->on))
            continue;
        sum_fen += matcher->open_fen[place];
        count++;
    }
    return sum_fen == receipt->amount_fen && count > 1 ? count : 0;
}

static void offer_exact(struct matcher *matcher, size_t contract, const struct receipt *receipt, struct offers *offers)
{
    const struct contract_run *run = &matcher->contracts[contract];

    for (size_t place = run->first; place < run->first + run->count; place++) {
        if (is_eligible(matcher, place, receipt->on) && matcher->open_fen[place] == receipt->amount_fen)
            add_offer(matcher, offers, contract, place, MATCH_OFFER_AMOUNT);
    }
}

static bool has_exact(const struct offers *offers, size_t contract)
{
    for (size_t i = 0; i < offers->count; i++) {
        if (offers->contracts[i] == contract)
            return true;
    }
    return false;
}

static void offer_open(struct matcher *matcher, size_t contract, const struct receipt *receipt, struct offers *offers)
{
    const struct contract_run *run = &matcher->contracts[contract];
    size_t sum_count = count_sum(matcher, run, receipt);
    int64_t left_fen = receipt->amount_fen;
    bool is_offered = false;

    for (size_t place = run->first; place < run->first + run->count && left_fen > 0; place++) {
        if (!is_eligible(matcher, place, receipt->on))
            continue;
        bool is_part = left_fen < matcher->open_fen[place];
        add_offer(matcher, offers, contract, place, sum_count > 0 ? MATCH_OFFER_SUM : is_part ? MATCH_OFFER_PART : MATCH_OFFER_IN_ORDER);
        is_offered = true;
        left_fen -= matcher->open_fen[place];
    }
    for (size_t place = run->first; place < run->first + run->count && !is_offered; place++) {
        is_offered = matcher->open_fen[place] > 0;
        if (is_offered)
            add_offer(matcher, offers, contract, place, MATCH_OFFER_OTHER_DAY);
    }
}

/* Contracts that are offered for the reason of this one. */
static int32_t count_rivals(const struct offers *offers, size_t of)
{
    int32_t count = 1;

    for (size_t i = 0; i < offers->count; i++) {
        bool is_first = i == 0 || offers->contracts[i] != offers->contracts[i - 1]
                        || offers->parts[i].reason != offers->parts[i - 1].reason;
        count += is_first && offers->parts[i].reason == offers->parts[of].reason
                 && offers->contracts[i] != offers->contracts[of];
    }
    return count;
}

static int compare_offers(const void *a, const void *b)
{
    const struct receipt_part *x = a, *y = b;
    int order = (y->confidence_ppm > x->confidence_ppm) - (y->confidence_ppm < x->confidence_ppm);
    return order != 0 ? order : (x->amount_fen > y->amount_fen) - (x->amount_fen < y->amount_fen);
}

/* A treasury that is no contract's payer pays for any: only what fits exactly is offered. */
static void offer_all(struct matcher *matcher, const struct receipt *receipt, size_t index, struct arena *arena)
{
    struct offers offers = {.count = 0};
    bool is_anybodys = matcher->candidate_count == 0;
    size_t count = is_anybodys ? matcher->contract_count : matcher->candidate_count;

    for (size_t i = 0; i < count; i++)
        offer_exact(matcher, is_anybodys ? i : matcher->candidates[i], receipt, &offers);
    for (size_t i = 0; i < count && !is_anybodys; i++) {
        if (!has_exact(&offers, matcher->candidates[i]))
            offer_open(matcher, matcher->candidates[i], receipt, &offers);
    }
    for (size_t i = 0; i < offers.count; i++) {
        offers.parts[i].receipt = index;
        offers.parts[i].confidence_ppm = match_reason_confidence_ppm(offers.parts[i].reason) / count_rivals(&offers, i);
        offers.parts[i].amount_fen = (int64_t)i; /* its rank, for the sort */
    }
    qsort(offers.parts, offers.count, sizeof *offers.parts, compare_offers);
    for (size_t i = 0; i < offers.count; i++) {
        offers.parts[i].amount_fen = 0;
        add_part(matcher, index, SIZE_MAX, 0, MATCH_NO_PAYER, arena);
        matcher->parts[matcher->part_count - 1] = offers.parts[i];
    }
}

static void leave(struct matcher *matcher, const struct receipt *receipt, size_t index, enum match_reason reason, struct arena *arena)
{
    add_part(matcher, index, SIZE_MAX, 0, reason, arena);
    if (match_reason_waits(reason))
        offer_all(matcher, receipt, index, arena);
}

static void take_receipt(struct matcher *matcher, const struct receipt *receipt, size_t index, struct arena *arena)
{
    struct offer offer = {0};

    find_candidates(matcher, receipt);
    if (take_known_payment(matcher, receipt)) {
        leave(matcher, receipt, index, MATCH_PAYMENT_KNOWN, arena);
        return;
    }
    if (receipt->is_matched)
        return;
    for (size_t i = 0; i < matcher->candidate_count; i++)
        look_at_contract(matcher, matcher->candidates[i], receipt, &offer);
    enum match_reason reason = judge(matcher, &offer, receipt);
    if (match_reason_confidence_ppm(reason) == 0) {
        leave(matcher, receipt, index, reason, arena);
        return;
    }
    if (offer.exact_contracts == 1) {
        matcher->open_fen[offer.exact_place] = 0;
        add_part(matcher, index, matcher->order[offer.exact_place], receipt->amount_fen, reason, arena);
        return;
    }
    int64_t left_fen = receipt->amount_fen;
    if (reason == MATCH_PAYER_ALL_DUE) {
        for (size_t i = 0; i < matcher->candidate_count; i++)
            left_fen = allot(matcher, matcher->candidates[i], receipt, index, left_fen, true, reason, arena);
    } else {
        size_t contract = offer.sum_contracts == 1 ? offer.sum_contract : offer.open_contract;
        left_fen = allot(matcher, contract, receipt, index, left_fen, false, reason, arena);
    }
    assert(left_fen == 0); /* judged to fit */
}

/* Within a receipt parts stand in the order they were given: by contract, then due day. Stable, so sort by receipt only. */
static void number_parts(struct matcher *matcher, size_t receipt_count, struct arena *arena)
{
    size_t *at = ARENA_NEW(arena, size_t, receipt_count + 1);
    struct receipt_part *sorted = ARENA_NEW(arena, struct receipt_part, matcher->part_count + 1);

    for (size_t i = 0; i < matcher->part_count; i++)
        at[matcher->parts[i].receipt + 1]++;
    for (size_t i = 0; i < receipt_count; i++)
        at[i + 1] += at[i];
    for (size_t i = 0; i < matcher->part_count; i++)
        sorted[at[matcher->parts[i].receipt]++] = matcher->parts[i];
    matcher->parts = sorted;
}

size_t receipt_match(const struct receivable *receivables, size_t receivable_count, const struct receipt *receipts,
                     size_t receipt_count, struct arena *arena, const struct receipt_part **parts)
{
    struct matcher matcher = {.receivables = receivables};
    struct sorted_receipt *sorted = ARENA_NEW(arena, struct sorted_receipt, receipt_count + 1);

    assert(parts != NULL);
    sort_receivables(&matcher, receivable_count, arena);
    index_leads(&matcher, arena);
    matcher.candidates = ARENA_NEW(arena, size_t, matcher.contract_count + 1);
    for (size_t i = 0; i < receipt_count; i++)
        sorted[i] = (struct sorted_receipt){.receipt = &receipts[i], .index = i};
    qsort(sorted, receipt_count, sizeof *sorted, compare_receipts);
    for (size_t i = 0; i < receipt_count; i++)
        take_receipt(&matcher, sorted[i].receipt, sorted[i].index, arena);
    number_parts(&matcher, receipt_count, arena);
    buffer_done(&matcher.folded);
    *parts = matcher.parts;
    return matcher.part_count;
}

/* ---------------------------------------------------------------- the table of reasons */

struct reason_row {
    enum match_reason reason;
    const char *code;
    int32_t confidence_ppm;
    const char *zh, *en;
};

static const struct reason_row REASONS[] = {
#define MATCH_REASON(number, name, code, confidence, zh, en) {MATCH_##name, code, confidence, zh, en},
#include "contracts/match_reasons.def"
#undef MATCH_REASON
};

static const struct reason_row *row_of(enum match_reason reason)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++) {
        if (REASONS[i].reason == reason)
            return &REASONS[i];
    }
    assert(false && "a reason of the table");
    return NULL;
}

const char *match_reason_code(enum match_reason reason)
{
    return row_of(reason)->code;
}

const char *match_reason_text_zh(enum match_reason reason)
{
    return row_of(reason)->zh;
}

const char *match_reason_text_en(enum match_reason reason)
{
    return row_of(reason)->en;
}

int32_t match_reason_confidence_ppm(enum match_reason reason)
{
    return row_of(reason)->confidence_ppm;
}

enum match_reason match_reason_find(const char *code)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++) {
        if (strcmp(REASONS[i].code, code) == 0)
            return REASONS[i].reason;
    }
    return MATCH_NONE;
}

bool match_reason_waits(enum match_reason reason)
{
    return match_reason_confidence_ppm(reason) == 0 && reason != MATCH_NO_PAYER && reason != MATCH_PAYMENT_KNOWN;
}

bool match_code_is_kept(const char *code)
{
    return match_reason_find(code) != MATCH_NO_PAYER;
}
