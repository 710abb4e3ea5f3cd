#include "api/rate_limit.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 1024 };

static const int64_t SECOND_US = 1000000;
static const int64_t WINDOW_US = RATE_WINDOW_S * INT64_C(1000000);

struct account {
    struct account *next;
    const char *caller;
    int64_t whole_at_us[RATE_CLASS_COUNT];
};

struct rate_limit {
    size_t requests[RATE_CLASS_COUNT];
    struct account *chains[CHAINS];
    struct arena arena;
};

struct rate_limit *rate_limit_new(const size_t requests[RATE_CLASS_COUNT])
{
    struct rate_limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        abort();
    for (int class = 0; class < RATE_CLASS_COUNT; class++) {
        assert(requests[class] >= 1 && requests[class] <= RATE_REQUESTS_MAX);
        limit->requests[class] = requests[class];
    }
    return limit;
}

void rate_limit_free(struct rate_limit *limit)
{
    if (limit == NULL)
        return;
    arena_done(&limit->arena);
    free(limit);
}

/* FNV-1a: ids are our own users', so that nobody can choose ones that meet in a chain. */
static size_t chain_of(const char *caller)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *caller != '\0'; caller++)
        hash = (hash ^ (unsigned char)*caller) * UINT64_C(1099511628211);
    return (size_t)(hash % CHAINS);
}

static struct account *find_account(struct rate_limit *limit, const char *caller)
{
    struct account **chain = &limit->chains[chain_of(caller)];

    for (struct account *one = *chain; one != NULL; one = one->next) {
        if (strcmp(one->caller, caller) == 0)
            return one;
    }
    struct account *made = ARENA_NEW(&limit->arena, struct account, 1);
    made->caller = arena_copy_text(&limit->arena, caller);
    made->next = *chain;
    *chain = made;
    return made;
}

static int64_t seconds_up(int64_t time_us)
{
    return (time_us + SECOND_US - 1) / SECOND_US;
}

struct rate_state rate_limit_take(struct rate_limit *limit, enum rate_class class, const char *caller, int64_t now_us)
{
    int64_t *whole_at_us = &find_account(limit, caller)->whole_at_us[class];
    int64_t cost_us = WINDOW_US / (int64_t)limit->requests[class];
    int64_t lacking_us = *whole_at_us > now_us ? *whole_at_us - now_us : 0;
    bool is_taken = lacking_us + cost_us <= WINDOW_US;

    if (is_taken) {
        lacking_us += cost_us;
        *whole_at_us = now_us + lacking_us;
    }
    return (struct rate_state){.is_taken = is_taken,
                               .remaining = (WINDOW_US - lacking_us) / cost_us,
                               .reset_s = seconds_up(lacking_us),
                               .wait_s = is_taken ? 0 : seconds_up(lacking_us + cost_us - WINDOW_US)};
}

const char *rate_class_name(enum rate_class class)
{
    static const char *const NAMES[RATE_CLASS_COUNT] = {"read", "decide", "batch"};
    return NAMES[class];
}

size_t rate_limit_requests(const struct rate_limit *limit, enum rate_class class)
{
    return limit->requests[class];
}
