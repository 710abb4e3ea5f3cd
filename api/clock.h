/*
 * clock.h - the one place that asks what time it is; everything below the composition root is told.
 *
 * Thread: any.
 */
#ifndef API_CLOCK_H
#define API_CLOCK_H

#include "base/date.h"

#include <stdint.h>

int64_t clock_now_us(void); /* microseconds since 1970, UTC */

int64_t clock_monotonic_us(void); /* since some instant before the process began: for durations */

/* The civil day in Asia/Shanghai at an instant: UTC+8 without summer time since 1991. at_us is not negative. */
struct date clock_shanghai_day(int64_t at_us);

/* The first instant of a day in Shanghai, microseconds since 1970. */
int64_t clock_shanghai_midnight_us(struct date day);

#endif
