#include "contracts/import/notice_reader.h"

#include "contracts/import/notice_item_internal.h"
#include "tests/contracts/import_support.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* The notices are written by us in the order of the templates; bodies, numbers and amounts are invented. */
static const char AWARD[] =
    "龙岗区社工站服务项目中标（成交）结果公告\n"
    "一、项目编号：LGDL2020-001（招标文件编号：ZB-7）\n"
    "二、项目名称：龙岗区社工站服务\n"
    "三、中标（成交）信息\n"
    "供应商名称：深圳市甲社会工作服务中心\n"
    "供应商地址：深圳市龙岗区\n"
    "中标（成交）金额：123.456万元\n"
    "四、主要标的信息\n"
    "服务范围：社区服务\n"
    "五、评审专家名单：张某、李某\n"
    "六、代理服务收费标准及金额：1.5万元\n"
    "七、公告期限\n"
    "自本公告发布之日起1个工作日。\n"
    "八、其他补充事宜\n"
    "九、凡对本次公告内容提出询问，请按以下方式联系。\n"
    "1.采购人信息\n"
    "名称：龙岗区民政局\n"
    "地址：龙岗区\n"
    "2.采购代理机构信息\n"
    "名称：某代理公司\n"
    "2020年10月8日\n";

static const char CONTRACT[] =
    "合同公告\n"
    "一、合同编号：深龙社购〔2020〕11号\n"
    "二、合同名称：龙岗区社工站服务合同\n"
    "三、项目编号（或招标编号、政府采购计划编号、采购计划备案文号等，如有）：LGDL2020-001\n"
    "四、项目名称：龙岗区社工站服务\n"
    "五、合同主体\n"
    "采购人（甲方）：龙岗区民政局\n"
    "地址：龙岗区\n"
    "供应商（乙方）：深圳市甲社会工作服务中心\n"
    "六、合同主要信息\n"
    "主要标的名称：社工服务\n"
    "合同金额：人民币1,234,560.00元（大写：壹佰贰拾叁万肆仟伍佰陆拾元整）\n"
    "履约期限、地点等简要信息：2020年11月1日至2021年10月31日，龙岗区\n"
    "采购方式：公开招标\n"
    "七、合同签订日期：2020-10-09\n"
    "八、合同公告日期：2020-10-14\n"
    "九、其他补充事宜：\n";

static const char ACCEPTANCE[] =
    "公共服务项目验收结果公告\n"
    "一、合同编号：深龙社购〔2020〕11号\n"
    "二、合同名称：龙岗区社工站服务合同\n"
    "三、项目编号：LGDL2020-001\n"
    "五、合同主体\n"
    "采购人（甲方）：龙岗区民政局\n"
    "供应商（乙方）：深圳市甲社会工作服务中心\n"
    "六、合同主要信息\n"
    "服务期限：2020年11月1日至2021年10月31日\n"
    "七、验收日期：2021年11月5日\n"
    "八、验收组成员（应当邀请服务对象参与）：张某\n"
    "九、验收意见\n"
    "%s\n";

static const char SUPPLEMENT[] =
    "合同账户变更补充协议\n"
    "合同编号：深龙社购〔2020〕11号\n"
    "项目编号：LGDL2020-001\n"
    "甲方：龙岗区民政局\n"
    "乙方：深圳市甲社会工作服务中心\n"
    "一、原收款账户\n"
    "账号：1111 2222\n"
    "二、变更后收款账户\n"
    "户名：深圳市甲社会工作服务中心\n"
    "开户行：某银行深圳分行\n"
    "账号：4430 0100 9988\n"
    "三、特别约定：%s\n"
    "签订日期：2020.10.20\n";

static const struct notice_known *known; /* by the tests that set it */

static enum zcd_code read_notice(const char *text, const char *own_name, struct kept *kept, struct notice_summary *summary, struct zcd_error *err)
{
    struct import_sink sink = kept_sink(kept);
    const struct notice_import import = {
        .organisation = "52440300MJL186084F", .organisation_name = own_name, .known = known, .sink = &sink};
    FILE *file = text[0] == '\0' ? fopen("/dev/null", "rb") : fmemopen((void *)(uintptr_t)text, strlen(text), "rb");

    assert_non_null(file);
    enum zcd_code code = notice_read(file, &import, summary, err);
    (void)fclose(file);
    return code;
}

static void expect(const char *text, const char *own_name, const char *facts, const char *report)
{
    struct kept kept = {0};
    struct notice_summary summary;
    struct zcd_error err;

    assert_int_equal(read_notice(text, own_name, &kept, &summary, &err), ZCD_OK);
    assert_string_equal(kept_text(&kept.facts), facts);
    assert_string_equal(kept_text(&kept.report), report);
    kept_done(&kept);
}

static const char OWN[] = "深圳市甲社会工作服务中心";

/* 123.456 times ten thousand yuan are 1,234,560 yuan: 123456000 fen. */
static void an_award_becomes_a_contract_in_stage_awarded(void **state)
{
    (void)state;
    expect(AWARD, OWN,
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract LGDL2020-001 number= title=龙岗区社工站服务 payer=龙岗区民政局 stage=3 value=123456000 awarded=2020-10-08 "
           "signed=- published=- starts=- ends=-\n",
           "note 10 评审专家名单 [张某、李某] not_understood\n");
}

/* Signed on Friday 2020-10-09, the first working day after the holiday; Saturday the 10th was a make-up working day, so two
 * working days end on Monday the 12th, and the 14th is late. */
static void a_contract_notice_gives_number_days_and_value(void **state)
{
    (void)state;
    expect(CONTRACT, OWN,
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract LGDL2020-001 number=深龙社购〔2020〕11号 title=龙岗区社工站服务合同 payer=龙岗区民政局 stage=5 value=123456000 awarded=- "
           "signed=2020-10-09 published=2020-10-14 starts=2020-11-01 ends=2021-10-31\n",
           "note 16 合同公告日期 [2020-10-14] published_late\n");
}

static void an_acceptance_that_passed_moves_the_contract_to_evaluation(void **state)
{
    (void)state;
    char text[4096];

    (void)snprintf(text, sizeof text, ACCEPTANCE, "经验收组评议，一致同意通过验收，结论：合格。");
    expect(text, OWN,
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract LGDL2020-001 number=深龙社购〔2020〕11号 title=龙岗区社工站服务合同 payer=龙岗区民政局 stage=6 value=-1 awarded=- "
           "signed=- published=- starts=2020-11-01 ends=2021-10-31 from=2021-11-05\n",
           "doubt 1  [] acceptance_value\n");
}

static void an_acceptance_that_did_not_clearly_pass_is_doubted(void **state)
{
    (void)state;
    static const char *const OPINIONS[] = {"不合格", "未通过验收", "基本合格，需整改", "详见附件"};

    for (size_t i = 0; i < sizeof OPINIONS / sizeof *OPINIONS; i++) {
        char text[4096];
        struct kept kept = {0};
        struct notice_summary summary;
        struct zcd_error err;
        (void)snprintf(text, sizeof text, ACCEPTANCE, OPINIONS[i]);
        assert_int_equal(read_notice(text, OWN, &kept, &summary, &err), ZCD_OK);
        assert_non_null(strstr(kept_text(&kept.facts), "stage=0"));
        assert_non_null(strstr(kept_text(&kept.report), "acceptance_open"));
        kept_done(&kept);
    }
}

static void a_supplement_locks_the_account_only_by_its_words(void **state)
{
    (void)state;
    char text[4096];

    (void)snprintf(text, sizeof text, SUPPLEMENT, "未经融资银行书面同意，上述账户不得变更。");
    expect(text, OWN, "security LGDL2020-001 on=2020-10-20 locked=2 account=9988\n", "");
    (void)snprintf(text, sizeof text, SUPPLEMENT, "其余条款不变。");
    expect(text, OWN, "security LGDL2020-001 on=2020-10-20 locked=0 account=9988\n",
           "doubt 12 特别约定 [其余条款不变。] lock_open\n");
}

static void every_word_of_a_supplement_is_read_in_text_and_json(void **state)
{
    (void)state;
    const char *const locked = "security P-1 on=2020-09-05 locked=2 account=1234\n";

    expect("账户变更补充协议\n项目编号：P-1\n乙方：深圳市甲社会工作服务中心\n变更后账号：1234\n签订日期：2020-09-05\n未经某银行书面同意，双方不得变更上述账户。\n", OWN,
           locked, "");
    expect("{\"公告类型\":\"账户变更补充协议\",\"项目编号\":\"P-1\",\"乙方\":\"深圳市甲社会工作服务中心\",\"变更后账户\":{\"账号\":\"1234\",\"开户银行\":\"某银行\"},"
           "\"签订日期\":\"2020-09-05\",\"约定\":\"未经某银行书面同意，双方不得变更上述账户。\"}", OWN, locked, "");
}

static void a_notice_of_another_supplier_is_not_kept(void **state)
{
    (void)state;
    expect(CONTRACT, "深圳市乙社会工作服务中心", "", "refused 9 供应商（乙方） [深圳市甲社会工作服务中心] other_supplier\n");
}

static void a_notice_without_what_it_must_say_is_not_kept(void **state)
{
    (void)state;
    expect("合同公告\n一、合同名称：甲\n", "", "", "refused 1 项目编号 [] missing\n");
    expect("合同公告\n一、合同编号：甲\n", "", "", "refused 1 供应商 [] missing\n");
    expect("合同公告\n一、合同编号：甲\n供应商（乙方）：乙\n", "", "", "refused 1 采购人 [] missing\n");
    expect("合同公告\n采购人（甲方）：局\n供应商（乙方）：乙\n三、项目编号\n\f\n", "", "", "refused 1 项目编号 [] missing\n");
}

static struct date day(const char *text)
{
    struct date date;
    struct zcd_error err;

    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

/* The contract of these notices under another id, as a publisher's file gives it, with these milestones. */
static void expect_known(const struct notice_milestone *milestones, size_t count, const char *text, const char *facts, const char *report)
{
    const struct notice_contract contract = {.id = "ocds-1/c1",
                                             .number = "深龙社购【２０２０】11号",
                                             .payer = "p1",
                                             .value_fen = 900,
                                             .ends_on = day("2021-10-31"),
                                             .since = DATE_NONE,
                                             .milestones = milestones,
                                             .milestone_count = count};
    const struct notice_payer payers[] = {{"p1", "龙岗区民政局"}, {"p2", "龙岗区财政局"}};
    const struct notice_known all = {&contract, 1, payers, 2};

    known = &all;
    expect(text, OWN, facts, report);
    known = NULL;
}

#define PASSED "经验收组评议，一致同意通过验收，结论：合格。"
#define STAGE_NOTICE(stage, on)                                                                                            \
    "验收公告\n合同编号：深龙社购〔2020〕11号\n采购人：龙岗区民政局\n采购人（甲方）：龙岗区民政局\n供应商：深圳市甲社会工作服务中心\n" \
    "供应商（乙方）：深圳市甲社会工作服务中心\n" stage "验收日期：" on "\n验收意见：" PASSED "\n"

static void a_notice_joins_the_contract_of_its_number_and_the_payer_of_its_name(void **state)
{
    (void)state;
    expect_known(NULL, 0, CONTRACT,
                 "contract ocds-1/c1 number=深龙社购〔2020〕11号 title=龙岗区社工站服务合同 payer=p1 stage=5 value=123456000 awarded=- "
                 "signed=2020-10-09 published=2020-10-14 starts=2020-11-01 ends=2021-10-31\n",
                 "note 16 合同公告日期 [2020-10-14] published_late\n");
}

static void a_buyer_that_is_not_the_contracts_payer_is_doubted_and_the_payer_stays(void **state)
{
    (void)state;
    expect_known(NULL, 0,
                 "合同公告\n合同编号：深龙社购〔2020〕11号\n采购人（甲方）：龙岗区财政局\n供应商（乙方）：深圳市甲社会工作服务中心\n",
                 "contract ocds-1/c1 number=深龙社购〔2020〕11号 title= payer=p1 stage=4 value=-1 awarded=- signed=- published=- starts=- ends=-\n",
                 "doubt 3 采购人（甲方） [龙岗区财政局] other_buyer\n");
}

static void an_acceptance_accepts_the_only_milestone_that_was_due(void **state)
{
    (void)state;
    const struct notice_milestone milestones[] = {{"m1", "第一季度", day("2021-01-31"), day("2021-02-10"), DATE_NONE},
                                                  {"m2", "第二季度", day("2021-04-30"), DATE_NONE, day("2021-05-20")},
                                                  {"m3", "第三季度", day("2021-07-31"), DATE_NONE, DATE_NONE}};

    expect_known(milestones, 3, STAGE_NOTICE("", "2021-05-11"), "milestone ocds-1/c1/m2  accepted=2021-05-11 from=2021-05-20\n",
                 "note 3 采购人 [龙岗区民政局] not_understood\nnote 5 供应商 [深圳市甲社会工作服务中心] not_understood\n");
    expect_known(milestones, 3, STAGE_NOTICE("验收阶段：第三季度\n", "2021-08-11"), "milestone ocds-1/c1/m3  accepted=2021-08-11 from=2021-08-11\n",
                 "note 3 采购人 [龙岗区民政局] not_understood\nnote 5 供应商 [深圳市甲社会工作服务中心] not_understood\n");
}

static void which_of_several_was_accepted_is_not_guessed(void **state)
{
    (void)state;
    const struct notice_milestone milestones[] = {{"m1", "第一季度", day("2021-01-31"), DATE_NONE, DATE_NONE},
                                                  {"m2", "第二季度", day("2021-04-30"), DATE_NONE, DATE_NONE}};

    expect_known(milestones, 2, STAGE_NOTICE("", "2021-05-11"), "",
                 "note 3 采购人 [龙岗区民政局] not_understood\nnote 5 供应商 [深圳市甲社会工作服务中心] not_understood\ndoubt 1  [] acceptance_stage\n");
    expect_known(milestones, 2, STAGE_NOTICE("验收阶段：季度\n", "2021-05-11"), "",
                 "note 3 采购人 [龙岗区民政局] not_understood\nnote 5 供应商 [深圳市甲社会工作服务中心] not_understood\ndoubt 7 验收阶段 [季度] acceptance_stage\n");
}

static void the_acceptance_of_a_whole_contract_accepts_all_of_it_and_ends_it(void **state)
{
    (void)state;
    const struct notice_milestone milestones[] = {{"m1", "第一季度", day("2021-01-31"), day("2021-02-10"), DATE_NONE},
                                                  {"m2", "第二季度", day("2021-04-30"), DATE_NONE, DATE_NONE},
                                                  {"m3", "第三季度", day("2021-10-31"), DATE_NONE, DATE_NONE}};
    const struct notice_milestone accepted[] = {{"m3", "", day("2021-10-31"), day("2021-11-05"), DATE_NONE}};
    char text[4096];
#define ENDED                                                                                                                   \
    "contract ocds-1/c1 number=深龙社购〔2020〕11号 title=龙岗区社工站服务合同 payer=p1 stage=6 value=-1 awarded=- signed=- published=- " \
    "starts=2020-11-01 ends=2021-10-31 from=2021-11-05\n"

    (void)snprintf(text, sizeof text, ACCEPTANCE, PASSED);
    expect_known(milestones, 3, text,
                 "milestone ocds-1/c1/m2  accepted=2021-11-05 from=2021-11-05\nmilestone ocds-1/c1/m3  accepted=2021-11-05 from=2021-11-05\n" ENDED, "");
    expect_known(accepted, 1, text, ENDED, ""); /* the notice again */
    expect_known(NULL, 0, text, "milestone ocds-1/c1/acceptance 履约验收 accepted=2021-11-05 due=2021-10-31 amount=900\n" ENDED, "");
}

static void notices_of_one_file_know_one_another(void **state)
{
    (void)state;
#define PARTIES "\"采购人（甲方）\":\"龙岗区民政局\",\"供应商（乙方）\":\"深圳市甲社会工作服务中心\""
    expect("[{\"公告类型\":\"合同公告\",\"合同编号\":\"HT-1\",\"项目编号\":\"P-1\"," PARTIES ",\"合同金额\":\"9元\",\"履约期限\":\"2020-01-01至2020-12-31\"},"
           "{\"公告类型\":\"验收公告\",\"合同编号\":\"HT-1\"," PARTIES ",\"验收日期\":\"2021-01-10\",\"验收意见\":\"合格\"}]",
           OWN,
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract P-1 number=HT-1 title= payer=龙岗区民政局 stage=5 value=900 awarded=- signed=- published=- starts=2020-01-01 ends=2020-12-31\n"
           "milestone P-1/acceptance 履约验收 accepted=2021-01-10 due=2020-12-31 amount=900\n"
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract P-1 number=HT-1 title= payer=龙岗区民政局 stage=6 value=900 awarded=- signed=- published=- starts=2020-01-01 ends=2020-12-31 from=2021-01-10\n",
           "");
}

static void a_later_step_keeps_what_earlier_notices_of_the_file_said(void **state)
{
    (void)state;
#define SAID "contract P-1 number=HT-1 title=合同 payer=龙岗区民政局 stage="
#define AWARD "{\"公告类型\":\"中标结果公告\",\"项目编号\":\"P-1\",\"项目名称\":\"项目\"," PARTIES ",\"中标金额\":\"9元\",\"发布日期\":\"2020-08-03\"}"
#define SIGNED "{\"公告类型\":\"合同公告\",\"合同编号\":\"HT-1\",\"项目编号\":\"P-1\",\"合同名称\":\"合同\"," PARTIES ",\"合同签订日期\":\"2020-08-20\"}"
#define PAYER "payer 龙岗区民政局 龙岗区民政局\n"
    expect("[" AWARD "," SIGNED "]", OWN,
           PAYER "contract P-1 number= title=项目 payer=龙岗区民政局 stage=3 value=900 awarded=2020-08-03 signed=- published=- starts=- ends=-\n"
           PAYER SAID "4 value=900 awarded=2020-08-03 signed=2020-08-20 published=- starts=- ends=-\n", "");
    /* An award that comes behind takes nothing from the contract. */
    expect("[" SIGNED "," AWARD "]", OWN,
           PAYER SAID "4 value=-1 awarded=- signed=2020-08-20 published=- starts=- ends=-\n"
           PAYER "contract P-1 number= title=项目 payer=龙岗区民政局 stage=3 value=900 awarded=2020-08-03 signed=- published=- starts=- ends=-\n", "");
}

static void a_locked_account_of_no_known_contract_is_doubted(void **state)
{
    (void)state;
    static const struct notice_known nothing = {NULL, 0, NULL, 0};
    char text[4096];

    known = &nothing;
    (void)snprintf(text, sizeof text, SUPPLEMENT, "未经融资银行书面同意，上述账户不得变更。");
    expect(text, OWN, "security LGDL2020-001 on=2020-10-20 locked=2 account=9988\n",
           "doubt 2 合同编号 [深龙社购〔2020〕11号] contract_unknown\n");
    known = NULL;
}

static void what_is_not_of_a_kind_is_refused_whole(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"", "\n\n", "招标公告\n一、项目编号：1\n", "{", "{}", "[1]", "{\"公告类型\":\"采购意向\"}", "\xff\xfe合"};

    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct kept kept = {0};
        struct notice_summary summary;
        struct zcd_error err;
        assert_int_equal(read_notice(TEXTS[i], "", &kept, &summary, &err), ZCD_INVALID);
        assert_string_equal(kept_text(&kept.facts), "");
        kept_done(&kept);
    }
}

static void contracts_of_one_project_are_several(void **state)
{
    (void)state;
#define OF_PROJECT(number, value) \
    "{\"公告类型\":\"合同公告\",\"合同编号\":\"" number "\",\"项目编号\":\"P-1\"," PARTIES ",\"合同金额\":\"" value "元\"}"
#define TAKEN(id, number, value) \
    "payer 龙岗区民政局 龙岗区民政局\n" \
    "contract " id " number=" number " title= payer=龙岗区民政局 stage=4 value=" value " awarded=- signed=- published=- starts=- ends=-\n"
    expect("[" OF_PROJECT("HT-1", "9") "," OF_PROJECT("HT-2", "8") "," OF_PROJECT("HT-1", "7") "," OF_PROJECT("HT-2", "6") "]", OWN,
           TAKEN("P-1", "HT-1", "900") TAKEN("HT-2", "HT-2", "800") TAKEN("P-1", "HT-1", "700") TAKEN("HT-2", "HT-2", "600"), "");
}

static void a_text_may_hold_several_notices(void **state)
{
    (void)state;
    expect("某项目中标结果公告\n一、项目编号：P-1\n供应商名称：深圳市甲社会工作服务中心\n1.采购人信息\n名称：甲局\n六、其他补充事宜\n无\n"
           "某项目合同公告\n一、合同编号：HT-2\n采购人（甲方）：乙局\n供应商（乙方）：深圳市甲社会工作服务中心\n合同金额：5元\n",
           OWN,
           "payer 甲局 甲局\n"
           "contract P-1 number= title= payer=甲局 stage=3 value=-1 awarded=- signed=- published=- starts=- ends=-\n"
           "payer 乙局 乙局\n"
           "contract HT-2 number=HT-2 title= payer=乙局 stage=4 value=500 awarded=- signed=- published=- starts=- ends=-\n",
           "");
}

static void json_says_the_same_as_text(void **state)
{
    (void)state;
    expect("[{\"公告类型\":\"合同公告\",\"合同编号\":\"HT-1\",\"合同主体\":{\"采购人（甲方）\":\"龙岗区民政局\",\"供应商（乙方）\":\"深圳市甲社会工作服务中心\"},"
           "\"合同金额（万元）\":\"5\",\"合同签订日期\":\"2020-13-01\",\"天气\":\"晴\",\"主要标的\":[1]}]",
           OWN,
           "payer 龙岗区民政局 龙岗区民政局\n"
           "contract HT-1 number=HT-1 title= payer=龙岗区民政局 stage=4 value=5000000 awarded=- signed=- published=- starts=- ends=-\n",
           "note 1 天气 [晴] not_understood\nnote 1 主要标的 [] not_understood\ndoubt 1 合同签订日期 [2020-13-01] date\n");
}

static void amounts_are_read_with_their_units_and_not_guessed(void **state)
{
    (void)state;
    static const struct { const char *name, *text; int64_t fen; } GOOD[] = {
        {"合同金额", "500000.00元", 50000000}, {"合同金额", "￥500,000.00", 50000000},       {"合同金额（万元）", "50", 50000000},
        {"中标金额", "12.3456万元", 12345600},  {"合同金额", "人民币小写：1元（大写：壹元）", 100}, {"合同金额", "0.000001万元", 1},
        {"中标（成交）金额", "123.45（万元）", 123450000}, {"合同金额", "123.45万", 123450000}, {"合同金额（元）", "50", 5000},
        {"合同金额", "人民币伍拾万元整（￥500,000.00）", 50000000}, {"合同金额（万元）", "500000元", 50000000},
    };
    static const char *const BAD[] = {"", "详见合同", "伍拾万元整", "95%", "-5元", "1,2元", "5元/人", "0元", "100000000万元", "美元5元",
                                      "USD 5", "5美元", "5万美元", "-", "1.5亿元"};
    int64_t fen;
    bool says_unit;

    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(notice_amount_parse(GOOD[i].name, GOOD[i].text, &fen, &says_unit));
        assert_true(says_unit);
        assert_int_equal(fen, GOOD[i].fen);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(notice_amount_parse("合同金额", BAD[i], &fen, &says_unit));
    assert_true(notice_amount_parse("合同金额", "123.45", &fen, &says_unit));
    assert_int_equal(fen, 12345);
    assert_false(says_unit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_award_becomes_a_contract_in_stage_awarded),
        cmocka_unit_test(a_contract_notice_gives_number_days_and_value),
        cmocka_unit_test(an_acceptance_that_passed_moves_the_contract_to_evaluation),
        cmocka_unit_test(an_acceptance_that_did_not_clearly_pass_is_doubted),
        cmocka_unit_test(a_supplement_locks_the_account_only_by_its_words),
        cmocka_unit_test(every_word_of_a_supplement_is_read_in_text_and_json),
        cmocka_unit_test(a_notice_of_another_supplier_is_not_kept),
        cmocka_unit_test(a_notice_without_what_it_must_say_is_not_kept),
        cmocka_unit_test(what_is_not_of_a_kind_is_refused_whole),
        cmocka_unit_test(a_notice_joins_the_contract_of_its_number_and_the_payer_of_its_name),
        cmocka_unit_test(a_buyer_that_is_not_the_contracts_payer_is_doubted_and_the_payer_stays),
        cmocka_unit_test(an_acceptance_accepts_the_only_milestone_that_was_due),
        cmocka_unit_test(which_of_several_was_accepted_is_not_guessed),
        cmocka_unit_test(the_acceptance_of_a_whole_contract_accepts_all_of_it_and_ends_it),
        cmocka_unit_test(notices_of_one_file_know_one_another),
        cmocka_unit_test(a_later_step_keeps_what_earlier_notices_of_the_file_said),
        cmocka_unit_test(a_locked_account_of_no_known_contract_is_doubted),
        cmocka_unit_test(contracts_of_one_project_are_several),
        cmocka_unit_test(a_text_may_hold_several_notices),
        cmocka_unit_test(json_says_the_same_as_text),
        cmocka_unit_test(amounts_are_read_with_their_units_and_not_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
