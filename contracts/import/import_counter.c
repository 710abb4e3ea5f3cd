#include "contracts/import/import_counter.h"

#include "contracts/receipt_match.h"

#include <stdlib.h>
#include <string.h>

/* Identities of things as 128-bit digests, in an open table that is never more than half full: 16 bytes a thing. */
struct import_counter {
    struct import_sink sink;
    const struct import_sink *next;
    struct import_counts counts;
    unsigned __int128 *seen; /* 0 is an empty place */
    size_t capacity, used;
};

/* FNV-1a, 128 bits. */
static void digest(unsigned __int128 *state, const char *text)
{
    const unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13B;

    for (;; text++) {
        *state = (*state ^ (unsigned char)*text) * prime;
        if (*text == '\0') /* the end counts, so that "a", "bc" is not "ab", "c" */
            return;
    }
}

static bool insert(unsigned __int128 *table, size_t capacity, unsigned __int128 value)
{
    size_t place = (size_t)(value ^ (value >> 64)) & (capacity - 1);

    while (table[place] != 0 && table[place] != value)
        place = (place + 1) & (capacity - 1);
    if (table[place] == value)
        return false;
    table[place] = value;
    return true;
}

static void grow(struct import_counter *counter)
{
    size_t capacity = counter->capacity == 0 ? 1024 : 2 * counter->capacity;
    unsigned __int128 *grown = calloc(capacity, sizeof *grown);

    if (grown == NULL)
        abort();
    for (size_t i = 0; i < counter->capacity; i++)
        if (counter->seen[i] != 0)
            (void)insert(grown, capacity, counter->seen[i]);
    free(counter->seen);
    counter->seen = grown;
    counter->capacity = capacity;
}

/* What names the thing within its organisation. */
static void name_thing(const struct fact *fact, const char *names[3])
{
    names[0] = names[1] = names[2] = "";
    switch (fact->kind) {
    case FACT_ORGANISATION:
        break;
    case FACT_PAYER:
        names[0] = fact->payer.id;
        break;
    case FACT_CONTRACT:
        names[0] = fact->contract.id;
        break;
    case FACT_SECURITY:
        names[0] = fact->security.contract;
        break;
    case FACT_MILESTONE:
        names[0] = fact->milestone.contract;
        names[1] = fact->milestone.id;
        break;
    case FACT_PAYMENT:
        names[0] = fact->payment.contract;
        names[1] = fact->payment.milestone;
        names[2] = fact->payment.id;
        break;
    case FACT_RECEIPT:
        names[0] = fact->receipt.account;
        names[1] = fact->receipt.id;
        break;
    case FACT_OFFER:
        names[0] = fact->offer.receipt;
        names[1] = fact->offer.contract;
        names[2] = fact->offer.milestone;
        break;
    }
}

/* A payer is one whichever organisation's contracts it pays. */
static unsigned __int128 identity_of(const struct fact *fact)
{
    unsigned __int128 state = ((unsigned __int128)0x6C62272E07BB0142U << 64) | 0x62B821756295C58DU;
    const char *names[3];

    state ^= (unsigned)fact->kind;
    name_thing(fact, names);
    digest(&state, fact->kind == FACT_PAYER ? "" : fact->organisation);
    for (int i = 0; i < 3; i++)
        digest(&state, names[i]);
    return state == 0 ? 1 : state;
}

static void count(struct import_counter *counter, const struct fact *fact)
{
    if (fact->kind == FACT_RECEIPT && !match_code_is_kept(fact->receipt.reason))
        return;
    if (counter->used * 2 >= counter->capacity)
        grow(counter);
    counter->counts.facts++;
    if (insert(counter->seen, counter->capacity, identity_of(fact))) {
        counter->used++;
        counter->counts.things[fact->kind]++;
    }
}

static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct import_counter *counter = context;

    count(counter, fact);
    if (counter->next == NULL || counter->next->take_fact == NULL)
        return ZCD_OK;
    return counter->next->take_fact(counter->next->context, fact, err);
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    struct import_counter *counter = context;

    counter->counts.lines[line->severity]++;
    if (counter->next == NULL || counter->next->take_line == NULL)
        return ZCD_OK;
    return counter->next->take_line(counter->next->context, line, err);
}

struct import_counter *import_counter_new(const struct import_sink *next)
{
    struct import_counter *counter = calloc(1, sizeof *counter);

    if (counter == NULL)
        abort();
    counter->next = next;
    counter->sink = (struct import_sink){.take_fact = take_fact, .take_line = take_line, .context = counter};
    return counter;
}

void import_counter_free(struct import_counter *counter)
{
    if (counter == NULL)
        return;
    free(counter->seen);
    free(counter);
}

const struct import_sink *import_counter_sink(struct import_counter *counter)
{
    return &counter->sink;
}

const struct import_counts *import_counter_counts(const struct import_counter *counter)
{
    return &counter->counts;
}
