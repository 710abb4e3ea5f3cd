#include "contracts/allocation.h"

#include <stdlib.h>
#include <string.h>

static int compare_payments(const void *left, const void *right)
{
    const struct payment *a = *(const struct payment *const *)left, *b = *(const struct payment *const *)right;
    int order = date_compare(a->paid_on, b->paid_on);
    return order != 0 ? order : strcmp(a->id, b->id);
}

/* What has no due day comes last. */
static int compare_milestones(const void *left, const void *right)
{
    const struct milestone *a = *(struct milestone *const *)left, *b = *(struct milestone *const *)right;

    if (date_is_none(a->due_on) != date_is_none(b->due_on))
        return date_is_none(a->due_on) ? 1 : -1;
    int order = date_compare(a->due_on, b->due_on);
    return order != 0 ? order : strcmp(a->id, b->id);
}

/* The milestone that is being settled. */
struct settling {
    struct milestone *milestone;
    struct payment *list; /* longer than the milestone's own; NULL while nothing was added */
    size_t own_count;     /* payments that it had */
    size_t capacity;
};

/* Ids stand once in a milestone; those handed out differ among themselves. */
static const char *free_id(const struct settling *settling, const char *id, struct arena *arena)
{
    for (size_t i = 0; i < settling->own_count; i++) {
        if (strcmp(settling->list[i].id, id) != 0)
            continue;
        size_t size = strlen(id);
        char *other = arena_alloc(arena, size + 2, 1);
        memcpy(other, id, size);
        other[size] = '*';
        return free_id(settling, other, arena);
    }
    return id;
}

static void grow(struct settling *settling, struct arena *arena)
{
    size_t count = settling->milestone->payment_count;

    if (settling->list != NULL && count < settling->capacity)
        return;
    settling->capacity = 2 * count + 4;
    struct payment *longer = ARENA_NEW(arena, struct payment, settling->capacity);
    if (count > 0)
        memcpy(longer, settling->milestone->payments, count * sizeof *longer);
    settling->list = longer;
    settling->milestone->payments = longer;
}

/* Give the milestone as much of the payment as it takes; returns what is left. */
static int64_t give(struct settling *settling, const struct payment *payment, int64_t left_fen, struct arena *arena)
{
    struct milestone *milestone = settling->milestone;
    int64_t outstanding_fen = milestone->amount_fen > 0 ? milestone_outstanding_fen(milestone) : 0;
    int64_t part_fen = left_fen < outstanding_fen ? left_fen : outstanding_fen;

    if (part_fen <= 0)
        return left_fen;
    grow(settling, arena);
    settling->list[milestone->payment_count++] =
        (struct payment){free_id(settling, payment->id, arena), payment->paid_on, part_fen};
    return left_fen - part_fen;
}

static struct settling settle(struct milestone *milestone)
{
    return (struct settling){.milestone = milestone, .own_count = milestone->payment_count};
}

void allocation_hand_out(struct milestone *milestones, size_t milestone_count, const struct payment *payments,
                         size_t payment_count, struct arena *arena)
{
    if (milestone_count == 0 || payment_count == 0)
        return;
    struct milestone **by_due_day = ARENA_NEW(arena, struct milestone *, milestone_count);
    const struct payment **by_day = ARENA_NEW(arena, const struct payment *, payment_count);
    for (size_t i = 0; i < milestone_count; i++)
        by_due_day[i] = &milestones[i];
    for (size_t i = 0; i < payment_count; i++)
        by_day[i] = &payments[i];
    qsort(by_due_day, milestone_count, sizeof *by_due_day, compare_milestones);
    qsort(by_day, payment_count, sizeof *by_day, compare_payments);

    size_t m = 0;
    struct settling settling = settle(by_due_day[0]);
    for (size_t i = 0; i < payment_count && m < milestone_count; i++) {
        int64_t left_fen = give(&settling, by_day[i], by_day[i]->amount_fen, arena);
        while (left_fen > 0 && ++m < milestone_count) {
            settling = settle(by_due_day[m]);
            left_fen = give(&settling, by_day[i], left_fen, arena);
        }
    }
}
