#include "scoring/lpr.h"

#include "scoring/lpr_table.h"

#include <assert.h>

bool lpr_find(struct date day, int32_t *one_year_bp, struct date *quoted_on)
{
    assert(one_year_bp != NULL);
    assert(quoted_on != NULL);

    size_t count = LPR_QUOTE_COUNT; /* quotes not known to be later than the day */
    while (count > 0 && LPR_QUOTES[count - 1].days > day.days)
        count--;
    if (count == 0)
        return false;

    *one_year_bp = LPR_QUOTES[count - 1].one_year_bp;
    *quoted_on = (struct date){LPR_QUOTES[count - 1].days};
    return true;
}
