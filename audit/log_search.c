/* Searching: rows name indices, leaves are handed out. What a search finds is proven record by record, if at all. */
#include "audit/log_internal.h"

#include "base/cleanup.h"

#include <stdlib.h>

void log_found_done(struct log_found *found)
{
    buffer_done(&found->leaves);
    free(found->index);
    *found = (struct log_found){0};
}

enum zcd_code log_search(struct log *log, struct db *db, const struct log_search *search, struct log_found *found,
                         struct zcd_error *err)
{
    ZCD_AUTO(log_found_done)
    struct log_found read = {0};
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct checkpoint checkpoint = {.size = 0};
    struct log_search bounded = *search;

    enum zcd_code code = log_read_checkpoint(log, &note, &checkpoint, err);
    if (code != ZCD_OK)
        return code;
    if (bounded.below > checkpoint.size)
        bounded.below = checkpoint.size;
    read.index = calloc(search->limit, sizeof *read.index);
    if (read.index == NULL)
        abort(); /* out of memory, as in base/ */
    code = store_pg_search(db, &bounded, &read, err);
    if (code != ZCD_OK)
        return code;
    *found = read;
    read = (struct log_found){0};
    return ZCD_OK;
}

enum zcd_code log_count_kinds(struct db *db, uint64_t from, uint64_t to, struct log_kind_counts *counts,
                              struct zcd_error *err)
{
    uint64_t sum = 0;
    enum zcd_code code = store_pg_count_kinds(db, from, to, counts, err);

    if (code != ZCD_OK)
        return code;
    for (size_t i = 0; i < counts->count; i++)
        sum += counts->row[i].records;
    if (sum != to - from)
        return zcd_fail(err, ZCD_CORRUPT, "log: of records %llu to %llu only %llu are there to be counted",
                        (unsigned long long)from, (unsigned long long)to, (unsigned long long)sum);
    return ZCD_OK;
}

enum zcd_code log_find_instant(struct db *db, int64_t at_us, uint64_t size, uint64_t *index, struct zcd_error *err)
{
    return store_pg_find_instant(db, at_us, size, index, err);
}

enum zcd_code log_read_instant(struct db *db, uint64_t index, int64_t *at_us, struct zcd_error *err)
{
    return store_pg_read_instant(db, index, at_us, err);
}
