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
