/*
 * statement_lines.c - a statement of many lines for one organisation with many milestones, read and matched; for
 * tests/bench/statement. Writes the file first, by a fixed rule, then times the reading alone.
 *
 *     statement_lines FILE LINES MILESTONES
 *
 * Every seventh line pays a milestone or part of one, the rest are money out, donations and payers unknown.
 */
#include "contracts/import/statement_import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PAYERS = 60, CONTRACTS = 200, AMOUNT_FEN = 100000 };

struct counter {
    uint64_t facts, lines;
};

static enum zcd_code count_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    (void)fact;
    (void)err;
    ((struct counter *)context)->facts++;
    return ZCD_OK;
}

static enum zcd_code count_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    (void)line;
    (void)err;
    ((struct counter *)context)->lines++;
    return ZCD_OK;
}

static bool write_statement(const char *path, size_t lines, size_t milestones)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    (void)fprintf(file, "账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n");
    for (size_t i = 0; i < lines; i++) {
        size_t milestone = i / 7 % milestones;
        int day = (int)(i * 28 / lines) + 1;
        if (i % 7 == 0)
            (void)fprintf(file, "44250100,202011%02d 10:11:12,0.00,\"%zu.00\",9.00,人民币,第%zu街道办事处,1,转账,合同款 HT-2020-%04zu,771-%zu\n",
                          day, milestone + 1, milestone % PAYERS, milestone % CONTRACTS, i);
        else if (i % 7 < 3)
            (void)fprintf(file, "44250100,202011%02d 10:11:12,\"1,234.50\",0.00,9.00,人民币,工资户,1,工资,,771-%zu\n", day, i);
        else
            (void)fprintf(file, "44250100,202011%02d 10:11:12,0.00,%zu.00,9.00,人民币,捐款人%zu,1,捐款,,771-%zu\n", day, i % 500 + 1, i, i);
    }
    return fclose(file) == 0;
}

static void make_receivables(struct receivable *receivables, size_t count, struct arena *arena)
{
    struct date due_on;
    struct zcd_error err;

    if (date_from_ymd(2020, 11, 1, &due_on, &err) != ZCD_OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        char text[64];
        const char **name = ARENA_NEW(arena, const char *, 1);
        (void)snprintf(text, sizeof text, "第%zu街道办事处", i % PAYERS);
        name[0] = arena_copy_text(arena, text);
        (void)snprintf(text, sizeof text, "HT-2020-%04zu", i % CONTRACTS);
        receivables[i] = (struct receivable){.contract = arena_copy_text(arena, text), .number = arena_copy_text(arena, text),
                                             .payer_names = name, .payer_name_count = 1, .due_on = date_add_days(due_on, (int32_t)(i % 30)),
                                             .signed_on = DATE_NONE, .open_fen = (int64_t)(i + 1) * AMOUNT_FEN};
        (void)snprintf(text, sizeof text, "m%zu", i);
        receivables[i].milestone = arena_copy_text(arena, text);
    }
}

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **words)
{
    struct arena arena = {0};
    struct counter counter = {0};
    struct import_sink sink = {.take_fact = count_fact, .take_line = count_line, .context = &counter};
    struct statement_import import = {.organisation = "52440300MJL186084F", .sink = &sink};
    struct statement_import_summary summary;
    struct zcd_error err;

    if (count != 4)
        return 64;
    size_t lines = strtoul(words[2], NULL, 10);
    size_t milestones = strtoul(words[3], NULL, 10);
    if (lines == 0 || milestones == 0 || !write_statement(words[1], lines, milestones))
        return 74;
    struct receivable *receivables = ARENA_NEW(&arena, struct receivable, milestones);
    make_receivables(receivables, milestones, &arena);
    import.receivables = receivables;
    import.receivable_count = milestones;
    FILE *file = fopen(words[1], "rb");
    if (file == NULL || statement_profile_load(NULL, &arena, &import.profiles, &import.profile_count, &err) != ZCD_OK)
        return 70;
    double from = seconds_now();
    if (statement_import_read(file, &import, &arena, &summary, &err) != ZCD_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 70;
    }
    double seconds = seconds_now() - from;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("{\"lines\":%zu,\"milestones\":%zu,\"receipts\":%" PRIu64 ",\"matched\":%" PRIu64 ",\"waiting\":%" PRIu64
                 ",\"facts\":%" PRIu64 ",\"seconds\":%.2f,\"memory_mb\":%ld}\n",
                 lines, milestones, summary.receipt_count, summary.matched_count, summary.waiting_count, counter.facts, seconds,
                 usage.ru_maxrss / 1024);
    (void)fclose(file);
    arena_done(&arena);
    return 0;
}
