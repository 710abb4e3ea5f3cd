#include "contracts/receivable_store.h"

#include "contracts/fact_sink_store.h"
#include "contracts/import/notice_reader.h"
#include "contracts/payer_store.h"
#include "tests/contracts/facts_support.h"

#include <stdio.h>

/* ---------------------------------------------------------------------------- loading */

static const struct facts_of FACTS = {USCC, LENDER};

static struct receivables load_receivables(struct db *db, struct arena *arena)
{
    struct receivables loaded;
    struct zcd_error err;

    if (receivable_store_load(db, &FACTS, arena, &loaded, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    return loaded;
}

static struct db *with_example(struct arena *arena)
{
    struct db *db = connect_as(DB_APPLICATION_ROLE);

    (void)import_dossier(db, LENDER, INSTANT_US, example("zhicheng-2020-10", arena));
    return db;
}

static int64_t open_of(const struct receivables *receivables, const char *contract, const char *milestone)
{
    const struct receivable *found = receivables_find(receivables, contract, milestone);

    assert_non_null(found);
    return found->open_fen;
}

/* By hand from the example: 233,550,000 paid in full; 209,500,000 less 117,320,000; 118,120,000 less 826,840 finally withheld. */
static void what_is_open_is_the_price_less_payments_and_deductions(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = with_example(&arena);
    struct receivables known = load_receivables(db, &arena);

    assert_int_equal(known.contract_count, 28);
    assert_string_equal(known.organisation_name, "深圳市龙岗区至诚社会工作服务中心");
    assert_int_equal(open_of(&known, "c02-2020", "m1"), 0);
    assert_int_equal(open_of(&known, "c03-2020", "m1"), 92180000);
    assert_int_equal(open_of(&known, "c10-2019", "m3"), 117293160);
    assert_null(receivables_find(&known, "c02-2020", "m9"));
    const struct receivable *paid = receivables_find(&known, "c03-2020", "m1");
    assert_int_equal(paid->payment_count, 1);
    assert_int_equal(paid->payments[0].amount_fen, 117320000);
    assert_string_equal(paid->payer_names[0], "龙岗区某街道办事处乙（重构付款方）");
}

static enum zcd_code write_alias_row(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    return fact_table_write_row(db, &PAYER_ALIAS_FACTS, import, USCC, what, err);
}

static void other_facts_of_the_organisation_make_what_was_loaded_old(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = with_example(&arena);
    struct receivables known = load_receivables(db, &arena);
    struct zcd_error err;
    const struct payer_alias_row alias = {.row = {.valid_from = day("2020-01-01")}, .payer_id = "p01", .alias = "某国库"};

    assert_int_equal(receivable_store_check(db, &FACTS, known.last_import, &err), ZCD_OK);
    (void)run_import(db, (struct import_run){.lender = OTHER_LENDER, .at_us = INSTANT_US, .kind = "correction", .write = write_alias_row, .what = &alias});
    assert_int_equal(receivable_store_check(db, &FACTS, known.last_import, &err), ZCD_OK);
    (void)run_import(db, (struct import_run){.lender = LENDER, .at_us = INSTANT_US, .kind = "correction", .write = write_alias_row, .what = &alias});
    assert_int_equal(receivable_store_check(db, &FACTS, known.last_import, &err), ZCD_CONFLICT);
    known = load_receivables(db, &arena);
    assert_int_equal(receivable_store_check(db, &FACTS, known.last_import, &err), ZCD_OK);
    const struct receivable *line = receivables_find(&known, "c01-2020", "m3");
    assert_int_equal(line->payer_name_count, 2);
    assert_string_equal(line->payer_names[1], "某国库");
}

/* ---------------------------------------------------------------------------- notices */

static enum zcd_code pass_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    (void)context;
    (void)line;
    (void)err;
    return ZCD_OK;
}

struct notice_file {
    const char *text;
    struct receivables known;
};

static enum zcd_code write_notice(struct db *db, struct fact_import *import, const void *what, struct zcd_error *err)
{
    const struct notice_file *given = what;
    struct notice_summary summary;
    struct fact_sink_counts counts;

    import->fills = true;
    struct fact_sink *facts = fact_sink_new(db, import);
    const struct import_sink sink = {.take_fact = fact_sink_take, .take_line = pass_line, .context = facts};
    const struct notice_import reading = {
        .organisation = USCC, .organisation_name = given->known.organisation_name, .known = &given->known.notices, .sink = &sink};
    FILE *file = fmemopen((void *)(uintptr_t)given->text, strlen(given->text), "rb");
    assert_non_null(file);
    enum zcd_code code = notice_read(file, &reading, &summary, err);
    (void)fclose(file);
    if (code == ZCD_OK)
        code = fact_sink_finish(facts, &counts, err);
    fact_sink_free(facts);
    return code;
}

static int64_t import_notice(struct db *db, const char *text)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct notice_file given = {text, load_receivables(db, &arena)};

    return run_import(db, (struct import_run){.lender = LENDER, .at_us = INSTANT_US, .kind = "notice", .write = write_notice, .what = &given})
        .added;
}

static const struct contract *find_contract(const struct dossier *dossier, const char *id)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        if (strcmp(dossier->contracts[i].id, id) == 0)
            return &dossier->contracts[i];
    }
    return NULL;
}

static const struct contract *contract_at(struct db *db, const char *as_of, const char *id, struct arena *arena)
{
    struct dossier *dossier = load(db, LENDER, USCC, day(as_of), FACTS_KNOWN_NOW, NULL, arena);

    return dossier == NULL ? NULL : find_contract(dossier, id);
}

#define SUPPLIER "深圳市龙岗区至诚社会工作服务中心"
#define PAYER "龙岗区民政部门（重构付款方）"

/* All four notices of a new contract; numbers and amounts are invented. */
static const char AWARD[] = "中标结果公告\n项目编号：LG2020-77\n项目名称：社区服务\n供应商名称：" SUPPLIER "\n中标金额：120万元\n采购人名称：" PAYER "\n公告日期：2020年10月21日\n";
static const char CONTRACT[] = "合同公告\n合同编号：LG-HT-77\n项目编号：LG2020-77\n采购人（甲方）：" PAYER "\n供应商（乙方）：" SUPPLIER "\n合同金额：1200000元\n"
                               "履约期限：2020年11月1日至2021年10月31日\n合同签订日期：2020-10-26\n合同公告日期：2020-10-27\n";
static const char SUPPLEMENT[] = "合同账户变更补充协议\n合同编号：LG-HT-77\n甲方：" PAYER "\n乙方：" SUPPLIER "\n变更后账号：4430 0100 9988\n特别约定：未经融资银行书面同意，上述账户不得变更。\n签订日期：2020-11-20\n";
static const char ACCEPTANCE[] = "验收结果公告\n合同编号：LG-HT-77\n采购人（甲方）：" PAYER "\n供应商（乙方）：" SUPPLIER "\n验收日期：2021年11月5日\n验收意见：合格，同意通过验收\n";

static void a_contract_lives_through_its_notices(void **state)
{
    (void)state;
    static const struct {
        const char *as_of;
        enum contract_stage stage;
        bool is_locked;
        size_t milestones;
    } DAYS[] = {{"2020-10-21", CONTRACT_STAGE_AWARDED, false, 0},    {"2020-10-25", CONTRACT_STAGE_AWARDED, false, 0},
                {"2020-10-27", CONTRACT_STAGE_SIGNED, false, 0},     {"2020-11-01", CONTRACT_STAGE_PERFORMING, false, 0},
                {"2020-11-19", CONTRACT_STAGE_PERFORMING, false, 0}, {"2020-11-20", CONTRACT_STAGE_PERFORMING, true, 0},
                {"2021-11-05", CONTRACT_STAGE_EVALUATING, true, 1}};
    static const char *const NOTICES[] = {AWARD, CONTRACT, SUPPLEMENT, ACCEPTANCE};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = with_example(&arena);

    for (size_t i = 0; i < sizeof NOTICES / sizeof *NOTICES; i++)
        assert_true(import_notice(db, NOTICES[i]) > 0);
    for (size_t i = 0; i < sizeof NOTICES / sizeof *NOTICES; i++)
        assert_int_equal(import_notice(db, NOTICES[i]), 0);
    assert_null(contract_at(db, "2020-10-20", "LG2020-77", &arena));
    for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
        const struct contract *contract = contract_at(db, DAYS[i].as_of, "LG2020-77", &arena);
        assert_non_null(contract);
        assert_int_equal(contract->stage, DAYS[i].stage);
        assert_int_equal(contract->value_fen, 120000000);
        assert_string_equal(contract->payer, "p01");
        assert_int_equal(contract->security.account_locked, DAYS[i].is_locked);
    }
    const struct contract *accepted = contract_at(db, "2021-11-05", "LG2020-77", &arena);
    assert_int_equal(accepted->milestone_count, 1);
    assert_int_equal(accepted->milestones[0].amount_fen, 120000000);
    assert_int_equal(accepted->milestones[0].due_on.days, day("2021-10-31").days);
    assert_int_equal(accepted->milestones[0].accepted_on.days, day("2021-11-05").days);
}

static void an_acceptance_is_seen_in_a_milestone_that_a_dossier_brought(void **state)
{
    (void)state;
    static const char TEXT[] = "验收结果公告\n合同编号：c04-2020\n采购人（甲方）：宝安区民政部门（重构付款方）\n供应商（乙方）：" SUPPLIER
                               "\n验收阶段：第二季度\n验收日期：2020年11月5日\n验收意见：合格\n";
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = with_example(&arena);

    assert_int_equal(import_notice(db, TEXT), 1);
    assert_int_equal(import_notice(db, TEXT), 0);
    const struct contract *before = contract_at(db, "2020-11-04", "c04-2020", &arena);
    const struct contract *after = contract_at(db, "2020-11-05", "c04-2020", &arena);
    assert_true(date_is_none(before->milestones[1].accepted_on));
    assert_int_equal(after->milestones[1].accepted_on.days, day("2020-11-05").days);
    assert_int_equal(after->milestones[1].amount_fen, 108700000);
    assert_int_equal(after->stage, CONTRACT_STAGE_PERFORMING);
}

static void notices_of_another_supplier_change_nothing(void **state)
{
    (void)state;
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(close_db)
    struct db *db = with_example(&arena);

    assert_int_equal(import_notice(db, "合同公告\n合同编号：HT-1\n采购人（甲方）：" PAYER "\n供应商（乙方）：另一中心\n合同金额：1元\n"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_open_is_the_price_less_payments_and_deductions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_facts_of_the_organisation_make_what_was_loaded_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_contract_lives_through_its_notices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_acceptance_is_seen_in_a_milestone_that_a_dossier_brought, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notices_of_another_supplier_change_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
