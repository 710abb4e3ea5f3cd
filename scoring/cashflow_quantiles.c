#include "scoring/cashflow_internal.h"

#include "base/dispatch.h"

#include <assert.h>

/* Values are first counted into so many equal ranges; only the range that holds a rank is sorted. */
#define RANGES 512
#define SORTED_MAX 4096

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

static size_t gather(const int64_t *values, size_t count, int64_t least, int shift, uint64_t range, int64_t *found)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        found[size] = values[i];
        size += ((uint64_t)(values[i] - least) >> shift) == range ? 1 : 0;
    }
    return size;
}

ZCD_WIDE static void find_quantiles(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile)
{
    uint16_t counts[RANGES] = {0};
    int64_t found[SORTED_MAX + 1];
    int64_t least, most;

    find_extent(values, count, &least, &most);
    int shift = shift_for((uint64_t)(most - least));
    for (size_t i = 0; i < count; i++)
        counts[(uint64_t)(values[i] - least) >> shift]++;

    size_t before = 0;
    uint64_t range = 0;
    for (size_t i = 0; i < rank_count; i++) {
        assert(ranks[i] < count && (i == 0 || ranks[i] >= ranks[i - 1]));
        while (before + counts[range] <= ranks[i])
            before += counts[range++];
        size_t size = gather(values, count, least, shift, range, found);
        sort_values(found, size);
        quantile[i] = found[ranks[i] - before];
    }
}

void cashflow_quantiles(const int64_t *values, size_t count, const size_t *ranks, size_t rank_count, int64_t *quantile)
{
    assert(count > 0 && count <= SORTED_MAX);
    find_quantiles(values, count, ranks, rank_count, quantile);
}
