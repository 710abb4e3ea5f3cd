#include "contracts/import/statement_import.h"

#include "contracts/import/statement_value.h"

#include "tests/contracts/import_support.h"

#include <iconv.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

/* A statement read from memory. Zero it with kept_done and arena_done. */
struct outcome {
    struct kept kept;
    struct arena arena;
    struct statement_import_summary summary;
    struct zcd_error err;
    enum zcd_code code;
};

static const struct receivable *milestones;
static size_t milestone_count;

static void read_bytes(const void *data, size_t size, const char *profile, const char *const *known, size_t known_count,
                       struct outcome *outcome)
{
    struct import_sink sink = kept_sink(&outcome->kept);
    struct statement_import import = {.organisation = "52440300MJL186084F", .receivables = milestones, .receivable_count = milestone_count,
                                      .known_ids = known, .known_count = known_count, .sink = &sink};
    FILE *file = size == 0 ? fopen("/dev/null", "rb") : fmemopen((void *)(uintptr_t)data, size, "rb");

    assert_non_null(file);
    assert_int_equal(statement_profile_load(profile, &outcome->arena, &import.profiles, &import.profile_count, &outcome->err), ZCD_OK);
    outcome->code = statement_import_read(file, &import, &outcome->arena, &outcome->summary, &outcome->err);
    (void)fclose(file);
}

static void read_text(const char *text, struct outcome *outcome)
{
    *outcome = (struct outcome){0};
    read_bytes(text, strlen(text), NULL, NULL, 0, outcome);
}

static void outcome_done(struct outcome *outcome)
{
    kept_done(&outcome->kept);
    arena_done(&outcome->arena);
}

static void expect(const char *text, const char *facts, const char *report)
{
    struct outcome outcome;

    read_text(text, &outcome);
    if (outcome.code != ZCD_OK)
        print_message("%s\n", outcome.err.message);
    assert_int_equal(outcome.code, ZCD_OK);
    assert_string_equal(kept_text(&outcome.kept.facts), facts);
    assert_string_equal(kept_text(&outcome.kept.report), report);
    outcome_done(&outcome);
}

#define CCB_HEADING "账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n"
#define CCB_LINE "44250100,20201030 10:11:12,0.00,\"1,234.50\",9.00,人民币,龙岗区民政局,1,转账,项目款,771-1\n"
#define CCB_FACT "receipt 2 0100 2020-10-30 123450CNY 龙岗区民政局|转账 项目款 -> / 0 no_payer\n"

static void the_profile_is_found_by_the_heading(void **state)
{
    (void)state;
    static const struct { const char *text, *profile; } HEADINGS[] = {
        {CCB_HEADING, "ccb"},
        {"凭证号,本方账号,对方账号,交易时间,借方发生额,贷方发生额,摘要,用途,对方单位名称,余额,个性化信息\n", "icbc"},
        {"交易类型[ Transaction Type ]|付款人名称[ Payer's Name ]|交易日期[ Transaction Date ]|交易金额[ Trade Amount ]|交易流水号[ Transaction reference number ]\n", "boc"},
        {"交易流水号\t交易日期\t借方(出账)\t贷方(入账)\t余额\t收(付)方名称\t收(付)方账号\t摘要\t交易类型\n", "cmb"},
        {"交易流水号；\n交易日期;借方（出账）;贷方（入账）;收（付）方名称\n", "cmb"},
        {"交易时间,摘要,借方发生额,贷方发生额,余额,对方账号,对方户名,核心流水号\n", "bocom"},
    };

    for (size_t i = 0; i < sizeof HEADINGS / sizeof *HEADINGS; i++) {
        struct outcome outcome;
        read_text(HEADINGS[i].text, &outcome);
        assert_int_equal(outcome.code, ZCD_OK);
        assert_string_equal(outcome.summary.read.profile, HEADINGS[i].profile);
        outcome_done(&outcome);
    }
}

static void a_file_without_a_heading_is_refused_whole(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"", "\n\n\n", "日期,金额\n2020-10-01,5\n", "\"", ",,,,\n"};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct outcome outcome;
        read_text(TEXTS[i], &outcome);
        assert_int_equal(outcome.code, ZCD_INVALID);
        outcome_done(&outcome);
    }
}

static void money_that_came_in_becomes_a_receipt_and_money_that_went_out_does_not(void **state)
{
    (void)state;
    expect(CCB_HEADING CCB_LINE "44250100,20201031,500.00,,8.00,人民币,水务集团,2,水费,,771-2\n", CCB_FACT, "");
}

static void a_byte_order_mark_and_carriage_returns_change_nothing(void **state)
{
    (void)state;
    expect("\xef\xbb\xbf" CCB_HEADING CCB_LINE, CCB_FACT, "");
    expect("账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\r\n"
           "44250100,20201030,0.00,\"1,234.50\",9.00,人民币,龙岗区民政局,1,转账,项目款,771-1\r\n", CCB_FACT, "");
}

static void gb18030_reads_like_utf8(void **state)
{
    (void)state;
    char text[] = CCB_HEADING CCB_LINE;
    char encoded[2 * sizeof text];
    char *in = text, *out = encoded;
    size_t in_left = strlen(text), out_left = sizeof encoded;
    struct outcome outcome = {0};

    iconv_t conversion = iconv_open("GB18030", "UTF-8");
    assert_true(conversion != (iconv_t)-1);
    assert_int_equal(iconv(conversion, &in, &in_left, &out, &out_left), 0);
    (void)iconv_close(conversion);
    read_bytes(encoded, sizeof encoded - out_left, "ccb", NULL, 0, &outcome);
    assert_int_equal(outcome.code, ZCD_OK);
    assert_int_equal(outcome.summary.read.encoding, TEXT_GB18030);
    assert_string_equal(kept_text(&outcome.kept.facts), CCB_FACT);
    outcome_done(&outcome);
}

static void lines_around_the_table_are_no_transactions(void **state)
{
    (void)state;
    expect("招商银行账户明细\n账号：,7559 1234 5678\n查询期间：,2020-10-01至2020-10-31\n"
           "交易日期,借方(出账),贷方(入账),余额,收(付)方名称,摘要\n"
           "2020/10/8,,100.00,100.00,民政局,款\n"
           "交易日期,借方(出账),贷方(入账),余额,收(付)方名称,摘要\n"
           "\n"
           "合计,0.00,100.00,,,\n"
           "打印时间：2020-11-01\n",
           "receipt 5 5678 2020-10-08 10000CNY 民政局|款 -> / 0 no_payer\n",
           "note 8  [合计] not_a_transaction\nnote 9  [打印时间：2020-11-01] not_a_transaction\n");
}

static void one_column_with_signs_or_a_direction_is_understood(void **state)
{
    (void)state;
    expect("查询账号[ Inquirer account number ]|232500474807\n"
           "交易类型[ Transaction Type ]|付款人名称[ Payer's Name ]|交易日期[ Transaction Date ]|交易金额[ Trade Amount ]|用途[ Purpose ]\n"
           "来账|区民政局|20201008|+267.10|社工\n"
           "往账|本中心|20201009|-50.00|\n"
           "来账|区民政局|20201010|-267.10|退回\n"
           "冲账|区民政局|20201010|1.00|\n",
           "receipt 3 4807 2020-10-08 26710CNY 区民政局|社工 -> / 0 no_payer\n",
           "refused 5 交易类型[ Transaction Type ] [来账] reversal\nrefused 6 交易类型[ Transaction Type ] [冲账] direction\n");
}

static void what_cannot_be_read_is_reported_with_its_line_and_field(void **state)
{
    (void)state;
    expect("交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n"
           "08/10/2020,,1.00,甲,\n"        /* day or month first? */
           "2020-02-30,,1.00,甲,\n"
           "2020-10-08,,\"1,00.00\",甲,\n" /* groups of three */
           "2020-10-08,,1.005,甲,\n"
           "2020-10-08,1.00,1.00,甲,\n"
           "2020-10-08,,-5.00,甲,\n"
           "2020-10-08,,,甲,退\n"
           "2020-10-08,,5.00,甲,一,二\n"
           "2020-10-08,,5.00,\"甲\"乙,\n",
           "",
           "refused 2 交易日期 [08/10/2020] date\n"
           "refused 3 交易日期 [2020-02-30] date\n"
           "refused 4 贷方(入账) [1,00.00] amount\n"
           "refused 5 贷方(入账) [1.005] amount\n"
           "refused 6 贷方(入账) [1.00] direction\n"
           "refused 7 贷方(入账) [-5.00] reversal\n"
           "refused 8 贷方(入账) [] direction\n"
           "refused 9  [] field_count\n"
           "refused 10  [] quote\n");
}

static void amounts_are_read_as_banks_print_them(void **state)
{
    (void)state;
    static const struct { const char *text; int64_t fen; } GOOD[] = {
        {"", 0}, {"-", 0}, {"0.00", 0}, {"1", 100}, {"1.5", 150}, {"1,234,567.89", 123456789}, {"1234567.89", 123456789},
        {"１，２３４．５０", 123450}, {"￥12.00", 1200}, {"¥12", 1200}, {"CNY 12.00", 1200}, {"12.00元", 1200}, {"-12.34", -1234},
        {"+12.34", 1234}, {"(12.34)", -1234}, {"￥-12.34", -1234}, {"-￥12.34", -1234}, {"12.340000", 1234}, {"100000000000.00", 10000000000000},
    };
    static const char *const BAD[] = {"1,23", "12,345,67", ",123", "1,,234", "1.234", ".5", "1.", "abc", "1e5", "--1", "0x10", "1 元 2",
                                      "100000000000.01", "99999999999999999999", "(1", "１２月"};
    int64_t fen = 77;

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        fen = 77;
        assert_true(statement_amount_parse(GOOD[i].text, &fen));
        assert_int_equal(fen, GOOD[i].fen);
    }
    fen = 77;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_false(statement_amount_parse(BAD[i], &fen));
        assert_int_equal(fen, 77);
    }
}

static void days_are_read_in_every_form_with_the_year_first(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"20201008", "2020-10-08", "2020-10-8", "2020/10/8", "2020.10.08", "2020年10月8日", "２０２０－１０－０８",
                                       "20201008 09:30:00", "2020-10-08T09:30:00", "20201008093000", " 2020-10-08 ", "2020-10-08-09.30.00.123456", "2020-10-08-09.30.00"};
    static const char *const BAD[] = {"", "08/10/2020", "8-10-2020", "2020-13-01", "20200230", "2020-10/08", "2020年10月8", "202010080", "今天",
                                      "2020-10-08x", "1899-12-31", "2020-10-08-09", "2020-10-08-09.30", "2020-10-08-x.30.00.1"};
    struct date date;
    char text[DATE_TEXT_SIZE];

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(statement_date_parse(GOOD[i], &date));
        assert_string_equal(date_format(date, text), "2020-10-08");
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(statement_date_parse(BAD[i], &date));
}

static void spreadsheet_formulas_are_kept_as_text_and_said(void **state)
{
    (void)state;
    expect("交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n"
           "2020-10-08,,=\"5.00\",\"=HYPERLINK(\"\"http://x\"\")\",@SUM(A1)\n",
           "receipt 2  2020-10-08 500CNY =HYPERLINK(\"http://x\")|@SUM(A1) -> / 0 no_payer\n",
           "note 2 收(付)方名称 [=HYPERLINK(\"http://x\")] formula\nnote 2 摘要 [@SUM(A1)] formula\n");
}

static void broken_bytes_cost_their_line_only(void **state)
{
    (void)state;
    static const char TEXT[] = "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n2020-10-08,,1.00,甲\0乙,\n2020-10-08,,1.00,甲,\n";
    struct outcome outcome = {0};

    read_bytes(TEXT, sizeof TEXT - 1, NULL, NULL, 0, &outcome);
    assert_int_equal(outcome.code, ZCD_OK);
    assert_string_equal(kept_text(&outcome.kept.report), "refused 2  [] encoding\n");
    assert_int_equal(outcome.summary.receipt_count, 1);
    outcome_done(&outcome);
}

/* 64 KiB of good lines make the file UTF-8; a broken character far behind costs its line. */
static void a_broken_character_far_into_the_file_costs_its_line_only(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct outcome outcome = {0};

    buffer_append_text(&text, "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n");
    for (int i = 0; i < 3000; i++)
        buffer_append_format(&text, "2020-10-08,,%d.00,甲,第%d笔\n", i + 1, i);
    buffer_append_text(&text, "2020-10-08,,1.00,\xe7\x94,\n");
    read_bytes(text.data, text.size, NULL, NULL, 0, &outcome);
    assert_int_equal(outcome.code, ZCD_OK);
    assert_int_equal(outcome.summary.receipt_count, 3000);
    assert_string_equal(kept_text(&outcome.kept.report), "refused 3002  [] encoding\n");
    buffer_done(&text);
    outcome_done(&outcome);
}

static void huge_fields_and_rows_are_refused_and_the_rest_is_read(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct outcome outcome = {0};

    buffer_append_text(&text, "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n2020-10-08,,1.00,");
    for (int i = 0; i < 100000; i++)
        buffer_append(&text, "x", 1);
    buffer_append_text(&text, ",\n2020-10-08,,1.00,");
    for (int i = 0; i < 501; i++)
        buffer_append(&text, "y", 1);
    buffer_append_text(&text, ",\n2020-10-08,,1.00,甲,");
    for (int i = 0; i < 10000; i++)
        buffer_append(&text, ",", 1);
    buffer_append_text(&text, "\n2020-10-08,,2.00,甲,");
    for (int i = 0; i < 400; i++)
        buffer_append_text(&text, "款项");
    buffer_append_text(&text, "\n2020-10-08,,1.00,\"甲\n2020-10-09,,1.00,乙,\n2020-10-08,,3.00,丙,\n");
    read_bytes(text.data, text.size, NULL, NULL, 0, &outcome);
    assert_int_equal(outcome.code, ZCD_OK);
    assert_int_equal(outcome.summary.receipt_count, 1);
    assert_int_equal(outcome.summary.read.refused_count, 4);
    assert_non_null(strstr(kept_text(&outcome.kept.report), "refused 2  [] line_size\n"));
    assert_non_null(strstr(kept_text(&outcome.kept.report), "] name_size\n"));
    assert_non_null(strstr(kept_text(&outcome.kept.report), "refused 4  [] field_count\n"));
    assert_non_null(strstr(kept_text(&outcome.kept.report), "doubt 5 摘要 ["));
    assert_non_null(strstr(kept_text(&outcome.kept.report), "refused 6  [6-8] quote\n"));
    buffer_done(&text);
    outcome_done(&outcome);
}

static void utf16_is_refused_by_name(void **state)
{
    (void)state;
    struct outcome outcome = {0};

    read_bytes("\xff\xfe\x61\x00", 4, NULL, NULL, 0, &outcome);
    assert_int_equal(outcome.code, ZCD_INVALID);
    assert_non_null(strstr(outcome.err.message, "UTF-16"));
    outcome_done(&outcome);
}

static void foreign_money_is_refused(void **state)
{
    (void)state;
    expect("交易日期,借方(出账),贷方(入账),收(付)方名称,摘要,币种\n2020-10-08,,1.00,甲,款,美元\n2020-10-08,,1.00,甲,款,贝壳\n",
           "", "refused 2 币种 [USD] foreign_money\nrefused 3 币种 [贝壳] currency\n");
}

/* A file that was cut ends within a line, perhaps within its amount: 12 of 1200.00 must not become money. */
static void a_line_that_was_cut_is_refused(void **state)
{
    (void)state;
    static const char WHOLE[] = "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要,,\n2020-10-08,,5.00,甲,款,,\n2020-10-08,,6.00,乙,款\n";
    static const char KEPT[] = "receipt 2  2020-10-08 500CNY 甲|款 -> / 0 no_payer\nreceipt 3  2020-10-08 600CNY 乙|款 -> / 0 no_payer\n";
    static const char *const CUT[] = {"2020-10-08,,12", "2020-10-08,,1200.00,丙"};
    char text[256];

    expect(WHOLE, KEPT, "");
    for (size_t i = 0; i < sizeof CUT / sizeof *CUT; i++) {
        (void)snprintf(text, sizeof text, "%s%s", WHOLE, CUT[i]);
        expect(text, KEPT, "refused 4  [] field_count\n");
    }
}

static void a_statement_without_a_transaction_says_so(void **state)
{
    (void)state;
    expect("交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n\n", "", "refused 2  [] empty\n");
}

/* Keeps the ids of receipts in the order of the file. */
struct id_list {
    char (*ids)[64];
    size_t count;
};

static enum zcd_code take_id(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct id_list *list = context;

    (void)err;
    (void)snprintf(list->ids[list->count++], sizeof list->ids[0], "%s", fact->receipt.id);
    return ZCD_OK;
}

static enum zcd_code pass_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    (void)context;
    (void)line;
    (void)err;
    return ZCD_OK;
}

static void ids_of(const char *text, char (*ids)[64])
{
    struct id_list list = {.ids = ids};
    struct import_sink sink = {.take_fact = take_id, .take_line = pass_line, .context = &list};
    struct statement_import import = {.organisation = "52440300MJL186084F", .sink = &sink};
    struct statement_import_summary summary;
    struct arena arena = {0};
    struct zcd_error err;
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "rb");

    assert_non_null(file);
    assert_int_equal(statement_profile_load(NULL, &arena, &import.profiles, &import.profile_count, &err), ZCD_OK);
    assert_int_equal(statement_import_read(file, &import, &arena, &summary, &err), ZCD_OK);
    (void)fclose(file);
    arena_done(&arena);
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two equal lines without a number of the bank are two payments; a second file that shows both again brings nothing. */
static void statements_may_overlap(void **state)
{
    (void)state;
    static const char FIRST[] = "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n"
                                "2020-10-08,,5.00,甲,款\n2020-10-08,,5.00,甲,款\n2020-10-09,,6.00,甲,款\n";
    static const char SECOND[] = "交易日期,借方(出账),贷方(入账),收(付)方名称,摘要\n"
                                 "2020-10-10,,7.00,甲,款\n2020-10-09,,6.00,甲,款\n2020-10-08,,5.00,甲,款\n2020-10-08,,5.00,甲,款\n";
    struct outcome again = {0};
    char ids[3][64];
    const char *known[3] = {ids[0], ids[1], ids[2]};

    ids_of(FIRST, ids);
    qsort(known, 3, sizeof *known, compare_ids);
    read_bytes(SECOND, strlen(SECOND), NULL, known, 3, &again);
    assert_int_equal(again.code, ZCD_OK);
    assert_int_equal(again.summary.known_count, 3);
    assert_string_equal(kept_text(&again.kept.facts), "receipt 2  2020-10-10 700CNY 甲|款 -> / 0 no_payer\n");
    outcome_done(&again);
}

static void one_number_of_the_bank_is_one_transaction(void **state)
{
    (void)state;
    expect(CCB_HEADING CCB_LINE CCB_LINE, CCB_FACT, "note 3  [771-1/2020-10-30/123450] duplicate\n");
}

/* The same receipts, whatever the order of the lines: facts are compared as sets. */
static void receipts_are_matched_and_become_payments(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"龙岗区民政局"};
    struct date due_on;
    struct zcd_error err;
    assert_int_equal(date_from_ymd(2020, 10, 31, &due_on, &err), ZCD_OK);
    const struct receivable two[] = {
        {.contract = "c1", .milestone = "m1", .number = "HT-2020-7", .payer_names = NAMES, .payer_name_count = 1, .due_on = due_on,
         .signed_on = DATE_NONE, .open_fen = 100000},
        {.contract = "c1", .milestone = "m2", .number = "HT-2020-7", .payer_names = NAMES, .payer_name_count = 1,
         .due_on = date_add_days(due_on, 30), .signed_on = DATE_NONE, .open_fen = 50000}};

    milestones = two;
    milestone_count = 2;
    expect(CCB_HEADING "1,20201130,,1500.00,,,龙岗区民政局,,HT-2020-7,,A1\n1,20201201,,1500.00,,,龙岗区民政局,,HT-2020-7,,A2\n",
           "receipt 2 1 2020-11-30 150000CNY 龙岗区民政局|HT-2020-7 -> c1/m1 100000 number_and_sum\n"
           "payment c1/m1 2020-11-30 A1/2020-11-30/150000 100000 龙岗区民政局\n"
           "receipt 2 1 2020-11-30 150000CNY 龙岗区民政局|HT-2020-7 -> c1/m2 50000 number_and_sum\n"
           "payment c1/m2 2020-11-30 A1/2020-11-30/150000 50000 龙岗区民政局\n"
           "receipt 3 1 2020-12-01 150000CNY 龙岗区民政局|HT-2020-7 -> / 0 nothing_open\n",
           "");
    milestones = NULL;
    milestone_count = 0;
}

static void every_shipped_profile_says_where_it_comes_from(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct statement_profile *profiles;
    size_t count;
    struct zcd_error err;

    assert_int_equal(statement_profile_load(NULL, &arena, &profiles, &count, &err), ZCD_OK);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(profiles[i].name, STATEMENT_PROFILE_FILES[i].name);
        assert_non_null(strstr(profiles[i].source, "Reconstructed:"));
    }
    assert_int_equal(statement_profile_load("nobank", &arena, &profiles, &count, &err), ZCD_NOT_FOUND);
    arena_done(&arena);
}

static void a_wrong_profile_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct { const char *text, *pointer; } WRONG[] = {
        {"[]", ""},
        {"{\"name\":\"x\"}", ""},
        {"{\"name\":\"x\",\"bank\":{\"zh\":\"行\",\"en\":\"bank\"},\"source\":\"s\",\"columns\":{\"day\":[]}}", "/columns/day"},
        {"{\"name\":\"x\",\"bank\":{\"zh\":\"行\",\"en\":\"bank\"},\"source\":\"s\",\"columns\":{\"date\":[\"\"]}}", "/columns/date/0"},
        {"{\"name\":\"x\",\"bank\":{\"zh\":\"行\",\"en\":\"bank\"},\"source\":\"s\",\"columns\":{\"date\":[\"日期\"]}}", "/columns"},
        {"{\"name\":\"x\",\"bank\":{\"zh\":\"行\",\"en\":\"bank\"},\"source\":\"\",\"columns\":{}}", "/source"},
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct arena arena = {0};
        struct statement_profile profile;
        struct zcd_error err;
        assert_int_equal(statement_profile_decode(bytes_of_text(WRONG[i].text), &arena, &profile, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, WRONG[i].pointer);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_is_found_by_the_heading),
        cmocka_unit_test(a_file_without_a_heading_is_refused_whole),
        cmocka_unit_test(money_that_came_in_becomes_a_receipt_and_money_that_went_out_does_not),
        cmocka_unit_test(a_byte_order_mark_and_carriage_returns_change_nothing),
        cmocka_unit_test(gb18030_reads_like_utf8),
        cmocka_unit_test(lines_around_the_table_are_no_transactions),
        cmocka_unit_test(one_column_with_signs_or_a_direction_is_understood),
        cmocka_unit_test(what_cannot_be_read_is_reported_with_its_line_and_field),
        cmocka_unit_test(amounts_are_read_as_banks_print_them),
        cmocka_unit_test(days_are_read_in_every_form_with_the_year_first),
        cmocka_unit_test(spreadsheet_formulas_are_kept_as_text_and_said),
        cmocka_unit_test(broken_bytes_cost_their_line_only),
        cmocka_unit_test(a_broken_character_far_into_the_file_costs_its_line_only),
        cmocka_unit_test(huge_fields_and_rows_are_refused_and_the_rest_is_read),
        cmocka_unit_test(utf16_is_refused_by_name),
        cmocka_unit_test(foreign_money_is_refused),
        cmocka_unit_test(a_line_that_was_cut_is_refused),
        cmocka_unit_test(a_statement_without_a_transaction_says_so),
        cmocka_unit_test(statements_may_overlap),
        cmocka_unit_test(one_number_of_the_bank_is_one_transaction),
        cmocka_unit_test(receipts_are_matched_and_become_payments),
        cmocka_unit_test(every_shipped_profile_says_where_it_comes_from),
        cmocka_unit_test(a_wrong_profile_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
