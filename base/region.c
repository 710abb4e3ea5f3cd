#include "base/region.h"

#include "base/reference_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_LENGTH = 6 };

static int compare_code(const void *code, const void *row)
{
    return strcmp(code, ((const struct region_row *)row)->code);
}

static const struct region_row *find_row(const char *code)
{
    return bsearch(code, REGION_ROWS, REGION_ROW_COUNT, sizeof *REGION_ROWS, compare_code);
}

enum zcd_code region_parse(const char *text, struct region *region, struct zcd_error *err)
{
    assert(text != NULL);
    assert(region != NULL);

    if (strlen(text) != CODE_LENGTH || strspn(text, "0123456789") != CODE_LENGTH)
        return zcd_fail(err, ZCD_INVALID, "region code does not have 6 digits");
    if (find_row(text) == NULL)
        return zcd_fail(err, ZCD_INVALID, "no edition of GB/T 2260 lists this region code");

    memcpy(region->code, text, sizeof region->code);
    return ZCD_OK;
}

const char *region_name(const struct region *region)
{
    const struct region_row *row = find_row(region->code);
    assert(row != NULL); /* region_parse() is the only maker */
    return row->name;
}

size_t region_count(void)
{
    return REGION_ROW_COUNT;
}
