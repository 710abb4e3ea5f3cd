/* verify_support.h - what the tests of zcd-verify share: one run of it, and what it said. */
#ifndef TESTS_AUDIT_VERIFY_SUPPORT_H
#define TESTS_AUDIT_VERIFY_SUPPORT_H

#include "tests/audit/support.h"

#include "audit/verify.h"

/* What one run said, and how it ended. */
struct outcome {
    int status;
    char out[2048];
    char problems[4096];
};

static inline void read_back(FILE *file, char *text, size_t capacity)
{
    rewind(file);
    size_t size = fread(text, 1, capacity - 1, file);
    text[size] = '\0';
    (void)fclose(file);
}

static inline struct outcome run_with(const char *locale, verify_replay *replay, int count,
                                      const char *const *arguments)
{
    char *copies[32] = {"zcd-verify"};
    struct outcome outcome;
    FILE *out = tmpfile();
    FILE *problems = tmpfile();

    assert_true(count < 32);
    for (int i = 0; i < count; i++)
        copies[i + 1] = (char *)(uintptr_t)arguments[i];
    outcome.status = verify_run(count + 1, copies, locale, replay, out, problems);
    read_back(out, outcome.out, sizeof outcome.out);
    read_back(problems, outcome.problems, sizeof outcome.problems);
    return outcome;
}

static inline struct outcome run_in(const char *locale, int count, const char *const *arguments)
{
    return run_with(locale, NULL, count, arguments);
}

#define RUN(...)                                                                                                       \
    run_in("en_GB.UTF-8", (int)COUNT_OF(((const char *const[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__})

#endif
