#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"

#include <assert.h>
#include <string.h>

/* Values are first counted into so many equal ranges; only the ranges that hold a rank are sorted. */
#define RANGES 512
#define SORTED_MAX 4096
#define RANKS_MAX 8

static void sort_values(int64_t *values, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap /= 2) { /* Shell 1959: short ranges, no extra memory */
        for (size_t i = gap; i < count; i++) {
            int64_t value = values[i];
            size_t j = i;
            for (; j >= gap && values[j - gap] > value; j -= gap)
                values[j] = values[j - gap];
            values[j] = value;
        }
    }
}

static void find_extent(const int64_t *values, size_t count, int64_t *least, int64_t *most)
{
    *least = values[0];
    *most = values[0];
    for (size_t i = 1; i < count; i++) {
        *least = values[i] < *least ? values[i] : *least;
        *most = values[i] > *most ? values[i] : *most;
    }
}

/* Every range holds 2^shift neighbouring values. */
static int shift_for(uint64_t extent)
{
    int shift = 0;
    while (extent >> shift >= RANGES)
        shift++;
    return shift;
}

/* The ranges that hold a rank, and where in `found` the values of each begin. */
struct targets {
    uint16_t range_of_value[SORTED_MAX];
    uint16_t count[RANGES];
    uint8_t slot[RANGES]; /* 1 and up; 0: holds no rank */
    uint32_t begin[RANKS_MAX + 1];
    uint32_t end[RANKS_MAX + 1];
    uint8_t slot_of_rank[RANKS_MAX];
    uint32_t rank_in_slot[RANKS_MAX];
    uint8_t slots;
};

static void count_ranges(const int64_t *values, size_t count, struct targets *targets)
{
    int64_t least, most;
    find_extent(values, count, &least, &most);
    const int shift = shift_for((uint64_t)(most - least));
    for (size_t i = 0; i < count; i++)
        targets->range_of_value[i] = (uint16_t)((uint64_t)(values[i] - least) >> shift);
    for (size_t i = 0; i < count; i++)
        targets->count[targets->range_of_value[i]]++;
}

static void find_targets(size_t count, const size_t *ranks, size_t rank_count, struct targets *targets)
{
    size_t before = 0;
    size_t range = 0;
    uint32_t room = 0;
    for (size_t i = 0; i < rank_count; i++) {
        assert(ranks[i] < count && (i == 0 || ranks[i] >= ranks[i - 1]));
        while (before + targets->count[range] <= ranks[i])
            before += targets->count[range++];
        if (targets->slot[range] == 0) {
            targets->slot[range] = ++targets->slots;
            targets->begin[targets->slots] = room;
            room += targets->count[range];
        }
        targets->slot_of_rank[i] = targets->slot[range];
        targets->rank_in_slot[i] = (uint32_t)(ranks[i] - before);
    }
    memcpy(targets->end, targets->begin, sizeof targets->end);
    targets->end[0] = (uint32_t)count; /* the rest is thrown on one place behind all others */
}

static void gather(const int64_t *values, size_t count, struct targets *targets, int64_t *found)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t slot = targets->slot[targets->range_of_value[i]];
        found[targets->end[slot]] = values[i];
        targets->end[slot] += slot != 0;
    }
    for (uint8_t slot = 1; slot <= targets->slots; slot++)
        sort_values(found + targets->begin[slot], targets->end[slot] - targets->begin[slot]);
}

static inline ZCD_WIDE_BODY void find_quantiles_body(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count,
                                                     int64_t *quantile)
{
    int64_t found[SORTED_MAX + 1];
    struct targets targets;

    memset(targets.count, 0, sizeof targets.count);
    memset(targets.slot, 0, sizeof targets.slot);
    targets.slots = 0;
    count_ranges(values, count, &targets);
    find_targets(count, ranks, rank_count, &targets);
    gather(values, count, &targets, found);
    for (size_t i = 0; i < rank_count; i++)
        quantile[i] = found[targets.begin[targets.slot_of_rank[i]] + targets.rank_in_slot[i]];
}

ZCD_WIDE(void, find_quantiles, (const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile),
         (values, count, ranks, rank_count, quantile))

void cashflow_quantiles(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile)
{
    assert(count > 0 && count <= SORTED_MAX && rank_count <= RANKS_MAX);
    find_quantiles(values, count, ranks, rank_count, quantile);
}
