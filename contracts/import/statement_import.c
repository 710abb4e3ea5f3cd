#include "contracts/import/statement_import.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = 160, RECEIPTS_FIRST = 1024 };

/* A receipt on its way. Texts live in the arena. */
struct entry {
    uint64_t line;
    struct date on;
    int64_t amount_fen;
    const char *currency, *payer_name, *note, *bank_id, *account;
    unsigned __int128 digest;
    const char *id;
    bool is_dropped; /* a duplicate, or known */
};

struct gathering {
    const struct statement_import *import;
    struct arena *arena;
    struct entry *entries;
    size_t count, capacity;
};

/* FNV-1a of 128 bits (draft-eastlake-fnv, published constants): tells lines apart that differ, guards nothing. */
static unsigned __int128 digest_text(unsigned __int128 digest, const char *text)
{
    const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13b;

    do {
        digest = (digest ^ (unsigned char)*text) * prime;
    } while (*text++ != '\0'); /* the terminator too, so that fields do not run into one another */
    return digest;
}

static unsigned __int128 digest_of(const struct statement_line *line)
{
    char amount[32];
    unsigned __int128 digest = (unsigned __int128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;
    const char *const fields[] = {line->account, line->when, amount, line->currency, line->payer_name, line->note, line->balance};

    (void)snprintf(amount, sizeof amount, "%" PRId64, line->amount_fen);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        digest = digest_text(digest, fields[i]);
    return digest;
}

static enum zcd_code gather(void *context, const struct statement_line *line, struct zcd_error *err)
{
    struct gathering *gathering = context;

    if (!line->is_in)
        return ZCD_OK;
    if (gathering->count == STATEMENT_RECEIPTS_MAX)
        return zcd_fail(err, ZCD_INVALID, "the statement has more than %d receipts", STATEMENT_RECEIPTS_MAX);
    if (gathering->count == gathering->capacity) {
        size_t capacity = gathering->capacity == 0 ? RECEIPTS_FIRST : gathering->capacity * 2;
        struct entry *grown = realloc(gathering->entries, capacity * sizeof *grown);
        if (grown == NULL)
            return zcd_fail(err, ZCD_UNAVAILABLE, "out of memory");
        gathering->entries = grown;
        gathering->capacity = capacity;
    }
    gathering->entries[gathering->count++] = (struct entry){
        .line = line->line,
        .on = line->on,
        .amount_fen = line->amount_fen,
        .currency = line->currency,
        .payer_name = arena_copy_text(gathering->arena, line->payer_name),
        .note = arena_copy_text(gathering->arena, line->note),
        .bank_id = line->id[0] == '\0' ? "" : arena_copy_text(gathering->arena, line->id),
        .account = arena_copy_text(gathering->arena, line->account),
        .digest = line->id[0] == '\0' ? digest_of(line) : 0,
    };
    return ZCD_OK;
}

/* Entries without a number of the bank first, equal lines next to one another; then by number, day and amount. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a;
    const struct entry *y = *(const struct entry *const *)b;
    int order = strcmp(x->bank_id, y->bank_id);

    if (order == 0)
        order = (x->digest > y->digest) - (x->digest < y->digest);
    if (order == 0)
        order = date_compare(x->on, y->on);
    if (order == 0)
        order = (x->amount_fen > y->amount_fen) - (x->amount_fen < y->amount_fen);
    if (order == 0)
        order = strcmp(x->account, y->account);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static bool are_same_transaction(const struct entry *x, const struct entry *y)
{
    return strcmp(x->bank_id, y->bank_id) == 0 && x->digest == y->digest && x->on.days == y->on.days
           && x->amount_fen == y->amount_fen && strcmp(x->account, y->account) == 0;
}

static const char *make_id(const struct entry *entry, size_t rank, struct arena *arena)
{
    char id[ID_SIZE];
    char day[DATE_TEXT_SIZE];

    if (entry->bank_id[0] != '\0')
        (void)snprintf(id, sizeof id, "%s/%s/%" PRId64, entry->bank_id, date_format(entry->on, day), entry->amount_fen);
    else
        (void)snprintf(id, sizeof id, "%016" PRIx64 "%016" PRIx64 "-%zu", (uint64_t)(entry->digest >> 64), (uint64_t)entry->digest,
                       rank + 1);
    return arena_copy_text(arena, id);
}

static bool is_known(const struct statement_import *import, const char *id)
{
    size_t low = 0;
    size_t high = import->known_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(import->known_ids[middle], id);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Name every receipt, and drop what another line of the file or an earlier statement says already. */
static enum zcd_code name_entries(struct gathering *gathering, struct statement_import_summary *summary, struct zcd_error *err)
{
    struct entry **sorted = ARENA_NEW(gathering->arena, struct entry *, gathering->count + 1);
    size_t rank = 0;

    for (size_t i = 0; i < gathering->count; i++)
        sorted[i] = &gathering->entries[i];
    qsort(sorted, gathering->count, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < gathering->count; i++) {
        struct entry *entry = sorted[i];
        bool is_same = i > 0 && are_same_transaction(sorted[i - 1], entry);
        rank = is_same ? rank + 1 : 0;
        entry->id = make_id(entry, rank, gathering->arena);
        /* Without a number of the bank equal lines are two payments: a bank prints no transaction twice in one statement. */
        bool is_duplicate = is_same && entry->bank_id[0] != '\0';
        bool was_known = is_known(gathering->import, entry->id);
        summary->duplicate_count += is_duplicate;
        summary->known_count += !is_duplicate && was_known;
        entry->is_dropped = is_duplicate || was_known;
        if (!entry->is_dropped)
            continue;
        enum statement_rule rule = is_duplicate ? STATEMENT_DUPLICATE_RULE : STATEMENT_KNOWN_RULE;
        enum zcd_code code = statement_report(gathering->import->sink, rule, entry->line, "", entry->id, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

static enum zcd_code hand_on_offer(const struct statement_import *import, const struct entry *entry, const struct receipt_part *part,
                                   struct zcd_error *err)
{
    const struct receivable *receivable = &import->receivables[part->receivable];
    struct fact fact = {.kind = FACT_OFFER, .organisation = import->organisation, .line = entry->line, .place = ""};

    fact.offer = (struct fact_offer){.account = entry->account,
                                     .receipt = entry->id,
                                     .contract = receivable->contract,
                                     .milestone = receivable->milestone,
                                     .on = entry->on,
                                     .confidence_ppm = part->confidence_ppm,
                                     .reason = match_reason_code(part->reason)};
    return import->sink->take_fact(import->sink->context, &fact, err);
}

static enum zcd_code hand_on_part(const struct statement_import *import, const struct entry *entry, const struct receipt_part *part,
                                  struct zcd_error *err)
{
    const struct receivable *receivable = part->receivable == SIZE_MAX ? NULL : &import->receivables[part->receivable];
    struct fact fact = {.kind = FACT_RECEIPT, .organisation = import->organisation, .line = entry->line, .place = ""};

    fact.receipt = (struct fact_receipt){
        .account = entry->account,
        .id = entry->id,
        .on = entry->on,
        .amount = {.minor = entry->amount_fen},
        .payer_name = entry->payer_name,
        .note = entry->note,
        .contract = receivable == NULL ? "" : receivable->contract,
        .milestone = receivable == NULL ? "" : receivable->milestone,
        .matched = {.minor = part->amount_fen},
        .confidence_ppm = match_reason_confidence_ppm(part->reason),
        .reason = match_reason_code(part->reason),
    };
    memcpy(fact.receipt.amount.currency, entry->currency, sizeof fact.receipt.amount.currency);
    memcpy(fact.receipt.matched.currency, entry->currency, sizeof fact.receipt.matched.currency);
    enum zcd_code code = import->sink->take_fact(import->sink->context, &fact, err);
    if (code != ZCD_OK || receivable == NULL)
        return code;
    struct fact payment = {.kind = FACT_PAYMENT, .organisation = import->organisation, .line = entry->line, .place = ""};
    payment.payment = (struct fact_payment){
        .contract = receivable->contract,
        .milestone = receivable->milestone,
        .id = entry->id,
        .paid_on = entry->on,
        .amount = {.minor = part->amount_fen, .currency = FACT_CURRENCY_SCORED},
        .payer_name = entry->payer_name,
    };
    return import->sink->take_fact(import->sink->context, &payment, err);
}

static void count_receipt(enum match_reason reason, struct statement_import_summary *summary)
{
    summary->receipt_count++;
    if (match_reason_waits(reason))
        summary->waiting_count++;
    else if (reason == MATCH_PAYMENT_KNOWN)
        summary->paid_before_count++;
    else if (match_reason_confidence_ppm(reason) == 0)
        summary->unrelated_count++;
    else
        summary->matched_count++;
}

static enum zcd_code hand_on(const struct gathering *gathering, const struct receipt_part *parts, size_t part_count,
                             struct statement_import_summary *summary, struct zcd_error *err)
{
    size_t at = 0;
    size_t receipt = 0;

    for (size_t i = 0; i < gathering->count; i++) {
        const struct entry *entry = &gathering->entries[i];
        if (entry->is_dropped)
            continue;
        assert(at < part_count);
        count_receipt(parts[at].reason, summary);
        for (; at < part_count && parts[at].receipt == receipt; at++) {
            summary->part_count += parts[at].receivable != SIZE_MAX && !parts[at].is_offer;
            summary->matched_fen += parts[at].amount_fen;
            enum zcd_code code = parts[at].is_offer ? hand_on_offer(gathering->import, entry, &parts[at], err)
                                                    : hand_on_part(gathering->import, entry, &parts[at], err);
            if (code != ZCD_OK)
                return code;
        }
        receipt++;
    }
    return ZCD_OK;
}

static enum zcd_code match_and_hand_on(struct gathering *gathering, struct statement_import_summary *summary, struct zcd_error *err)
{
    const struct statement_import *import = gathering->import;
    struct receipt *receipts = ARENA_NEW(gathering->arena, struct receipt, gathering->count + import->paid_count + 1);
    const struct receipt_part *parts;
    size_t count = 0;

    for (size_t i = 0; i < gathering->count; i++) {
        const struct entry *entry = &gathering->entries[i];
        if (!entry->is_dropped)
            receipts[count++] = (struct receipt){entry->id, entry->on, entry->amount_fen, entry->payer_name, entry->note, false};
    }
    for (size_t i = 0; i < import->paid_count; i++) /* behind the statement's, so that their parts come last, and are passed over */
        receipts[count++] = import->paid[i];
    size_t part_count =
        receipt_match(import->receivables, import->receivable_count, receipts, count, gathering->arena, &parts);
    return hand_on(gathering, parts, part_count, summary, err);
}

enum zcd_code statement_import_read(FILE *file, const struct statement_import *import, struct arena *arena,
                                    struct statement_import_summary *summary, struct zcd_error *err)
{
    struct gathering gathering = {.import = import, .arena = arena};
    struct statement_import_summary made = {0};
    const struct statement_taker taker = {.take = gather, .context = &gathering, .sink = import->sink};

    enum zcd_code code = statement_read(file, import->profiles, import->profile_count, &taker, &made.read, err);
    if (code == ZCD_OK)
        code = name_entries(&gathering, &made, err);
    if (code == ZCD_OK)
        code = match_and_hand_on(&gathering, &made, err);
    free(gathering.entries);
    if (code == ZCD_OK)
        *summary = made;
    return code;
}
