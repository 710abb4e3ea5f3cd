#include "audit/record_order.h"

#include "audit/record.h"
#include "base/arena.h"
#include "base/cleanup.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_AT_FIRST = 1024 };

/* An organisation's last number; the slot is free while it is 0. */
struct slot {
    struct uscc uscc;
    uint64_t sequence;
};

struct record_order {
    bool begins;
    int64_t at_us;
    struct slot *slots; /* open addressing; a power of two of them, at most half of them taken */
    size_t slot_count;
    size_t taken;
};

static struct slot *new_slots(size_t count)
{
    struct slot *slots = calloc(count, sizeof *slots);

    if (slots == NULL)
        abort();
    return slots;
}

struct record_order *record_order_new(bool begins)
{
    struct record_order *order = calloc(1, sizeof *order);

    if (order == NULL)
        abort();
    *order = (struct record_order){.begins = begins, .slots = new_slots(SLOTS_AT_FIRST), .slot_count = SLOTS_AT_FIRST};
    return order;
}

void record_order_free(struct record_order *order)
{
    if (order == NULL)
        return;
    free(order->slots);
    free(order);
}

/* FNV-1a: which slot is tried first decides nothing but speed. */
static size_t place_of(const struct uscc *uscc, size_t slot_count)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *c = uscc->text; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
    return (size_t)(hash & (slot_count - 1));
}

static struct slot *find_slot(struct slot *slots, size_t slot_count, const struct uscc *uscc)
{
    size_t i = place_of(uscc, slot_count);

    while (slots[i].sequence != 0 && strcmp(slots[i].uscc.text, uscc->text) != 0)
        i = (i + 1) & (slot_count - 1);
    return &slots[i];
}

static void grow(struct record_order *order)
{
    size_t count = order->slot_count * 2;
    struct slot *slots = new_slots(count);

    for (size_t i = 0; i < order->slot_count; i++) {
        if (order->slots[i].sequence != 0)
            *find_slot(slots, count, &order->slots[i].uscc) = order->slots[i];
    }
    free(order->slots);
    order->slots = slots;
    order->slot_count = count;
}

static enum zcd_code follow_sequence(struct record_order *order, const struct uscc *uscc, uint64_t sequence,
                                     struct zcd_error *err)
{
    struct slot *slot = find_slot(order->slots, order->slot_count, uscc);
    bool is_new = slot->sequence == 0;
    uint64_t expected = slot->sequence + 1;

    *slot = (struct slot){*uscc, sequence};
    order->taken += is_new ? 1 : 0;
    if (order->taken > order->slot_count / 2)
        grow(order);
    if (sequence == expected || (is_new && !order->begins))
        return ZCD_OK;
    return zcd_fail(err, ZCD_CONFLICT, "record %" PRIu64 " of %s stands where record %" PRIu64 " should", sequence,
                    uscc->text[0] == '\0' ? "the log itself" : uscc->text, expected);
}

enum zcd_code record_order_check(struct record_order *order, struct bytes leaf, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct record record;
    int64_t at_us;
    uint64_t sequence;

    enum zcd_code code = record_parse(leaf, &arena, &record, &at_us, &sequence, err);
    if (code != ZCD_OK)
        return code;
    bool goes_back = at_us < order->at_us;
    order->at_us = at_us;
    code = follow_sequence(order, &record.subject.uscc, sequence, err);
    if (code == ZCD_OK && goes_back)
        return zcd_fail(err, ZCD_CONFLICT, "the record is older than the one before it");
    return code;
}
