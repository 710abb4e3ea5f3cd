#include "api/clock.h"

#include <assert.h>
#include <time.h>

#define HOUR_US INT64_C(3600000000)

int64_t clock_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct date clock_shanghai_day(int64_t at_us)
{
    assert(at_us >= 0);
    return (struct date){.days = (int32_t)((at_us + 8 * HOUR_US) / (24 * HOUR_US))};
}

int64_t clock_shanghai_midnight_us(struct date day)
{
    return (int64_t)day.days * 24 * HOUR_US - 8 * HOUR_US;
}
