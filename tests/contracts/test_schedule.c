/* Milestones and contracts: what is paid, what is due when, and how late. Expected days are counted by hand on a calendar. */
#include "contracts/contract.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static struct date day(const char *text)
{
    struct date date;
    struct zcd_error err;
    assert_int_equal(date_parse(text, &date, &err), ZCD_OK);
    return date;
}

static void assert_day(struct date date, const char *text)
{
    char given[DATE_TEXT_SIZE];
    assert_string_equal(date_is_none(date) ? "none" : date_format(date, given), text);
}

/* 1,000 fen due 2020-03-31, accepted 04-08, invoiced 04-09; nothing paid. */
static struct milestone accepted_milestone(void)
{
    return (struct milestone){.id = "m", .title = "", .due_on = day("2020-03-31"), .amount_fen = 1000,
                              .accepted_on = day("2020-04-08"), .invoiced_on = day("2020-04-09")};
}

/* Signed 2020-01-06, 30 days from acceptance. */
static struct contract performing_contract(void)
{
    return (struct contract){.id = "c", .stage = CONTRACT_STAGE_PERFORMING, .value_fen = 1000, .awarded_on = day("2019-12-20"),
                             .signed_on = day("2020-01-06"), .payment_term_days = 30, .trigger = PAYMENT_TRIGGER_ACCEPTANCE};
}

static void outstanding_is_what_is_neither_paid_nor_deducted(void **state)
{
    (void)state;
    const struct payment payments[] = {{"t1", day("2020-05-30"), 300}, {"t2", day("2020-05-20"), 250}};
    struct milestone milestone = accepted_milestone();

    assert_int_equal(milestone_outstanding_fen(&milestone), 1000);
    assert_day(milestone_settled_on(&milestone), "none");

    milestone.payments = payments;
    milestone.payment_count = COUNT_OF(payments);
    milestone.deducted_fen = 40;
    assert_int_equal(milestone_paid_fen(&milestone), 550);
    assert_int_equal(milestone_outstanding_fen(&milestone), 410);
    assert_day(milestone_settled_on(&milestone), "none");

    milestone.deducted_fen = 450;
    assert_int_equal(milestone_outstanding_fen(&milestone), 0);
    assert_day(milestone_settled_on(&milestone), "2020-05-30");
}

static void a_milestone_that_is_all_deducted_was_never_settled_by_a_payment(void **state)
{
    (void)state;
    struct milestone milestone = accepted_milestone();
    milestone.deducted_fen = 1000;
    assert_int_equal(milestone_outstanding_fen(&milestone), 0);
    assert_day(milestone_settled_on(&milestone), "none");
}

static void the_term_runs_from_what_the_contract_names(void **state)
{
    (void)state;
    static const struct {
        enum payment_trigger trigger;
        const char *accepted_on, *invoiced_on, *signed_on, *payable_on;
    } cases[] = {
        /* 2020-04-09 and 30 days: 21 to the end of April, 9 in May */
        {PAYMENT_TRIGGER_ACCEPTANCE, "2020-04-08", "2020-04-09", "2020-01-06", "2020-05-09"},
        {PAYMENT_TRIGGER_ACCEPTANCE, "2020-04-08", "2020-04-01", "2020-01-06", "2020-05-08"},
        {PAYMENT_TRIGGER_ACCEPTANCE, "2020-04-08", NULL, "2020-01-06", "2020-05-08"},
        {PAYMENT_TRIGGER_ACCEPTANCE, NULL, "2020-04-09", "2020-01-06", "none"},
        {PAYMENT_TRIGGER_DATE, NULL, NULL, "2020-01-06", "2020-04-30"},
        {PAYMENT_TRIGGER_DATE, NULL, "2020-04-09", "2020-01-06", "2020-05-09"},
        {PAYMENT_TRIGGER_DATE, "2020-04-20", "2020-03-01", "2020-01-06", "2020-04-30"},
        {PAYMENT_TRIGGER_SIGNING, NULL, NULL, "2020-01-06", "2020-02-05"},
        {PAYMENT_TRIGGER_SIGNING, "2020-04-08", "2020-04-09", "2020-01-06", "2020-02-05"},
        {PAYMENT_TRIGGER_SIGNING, "2020-04-08", "2020-04-09", NULL, "none"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct contract contract = performing_contract();
        struct milestone milestone = accepted_milestone();
        contract.trigger = cases[i].trigger;
        contract.signed_on = cases[i].signed_on == NULL ? DATE_NONE : day(cases[i].signed_on);
        milestone.accepted_on = cases[i].accepted_on == NULL ? DATE_NONE : day(cases[i].accepted_on);
        milestone.invoiced_on = cases[i].invoiced_on == NULL ? DATE_NONE : day(cases[i].invoiced_on);
        assert_day(milestone_payable_on(&contract, &milestone), cases[i].payable_on);
    }
}

static void lateness_counts_from_the_payable_day_and_is_never_negative(void **state)
{
    (void)state;
    const struct payment early = {"t", day("2020-05-01"), 1};
    const struct payment on_the_day = {"t", day("2020-05-09"), 1};
    const struct payment late = {"t", day("2020-06-01"), 1};
    struct contract contract = performing_contract();
    struct milestone milestone = accepted_milestone();

    assert_int_equal(payment_days_late(&contract, &milestone, &early), 0);
    assert_int_equal(payment_days_late(&contract, &milestone, &on_the_day), 0);
    assert_int_equal(payment_days_late(&contract, &milestone, &late), 23);
    assert_int_equal(milestone_days_late(&contract, &milestone, day("2020-05-09")), 0);
    assert_int_equal(milestone_days_late(&contract, &milestone, day("2020-05-10")), 1);
    assert_int_equal(milestone_days_late(&contract, &milestone, day("2020-08-07")), 90);

    milestone.deducted_fen = 1000;
    assert_int_equal(milestone_days_late(&contract, &milestone, day("2020-08-07")), 0);
}

static void work_that_is_not_accepted_is_never_late_in_payment(void **state)
{
    (void)state;
    const struct payment advance = {"t", day("2020-06-01"), 1};
    struct contract contract = performing_contract();
    struct milestone milestone = accepted_milestone();

    milestone.accepted_on = DATE_NONE;
    assert_int_equal(milestone_days_late(&contract, &milestone, day("2021-12-31")), 0);
    assert_int_equal(payment_days_late(&contract, &milestone, &advance), 0);
}

static void slip_runs_from_the_due_day_to_acceptance_or_to_today(void **state)
{
    (void)state;
    struct milestone milestone = accepted_milestone();

    assert_int_equal(milestone_slip_days(&milestone, day("2020-10-19")), 8);
    milestone.accepted_on = day("2020-03-20");
    assert_int_equal(milestone_slip_days(&milestone, day("2020-10-19")), 0);
    milestone.accepted_on = DATE_NONE;
    assert_int_equal(milestone_slip_days(&milestone, day("2020-03-01")), 0);
    assert_int_equal(milestone_slip_days(&milestone, day("2020-04-30")), 30);
}

static void only_signed_performing_and_evaluating_contracts_count_as_signed(void **state)
{
    (void)state;
    for (int stage = CONTRACT_STAGE_INTENTION; stage <= CONTRACT_STAGE_TERMINATED; stage++) {
        struct contract contract = performing_contract();
        contract.stage = (enum contract_stage)stage;
        bool expected = stage == CONTRACT_STAGE_SIGNED || stage == CONTRACT_STAGE_PERFORMING || stage == CONTRACT_STAGE_EVALUATING;
        assert_int_equal(contract_is_signed(&contract), expected);
    }
}

static void sums_over_a_contract_add_up(void **state)
{
    (void)state;
    const struct payment all = {"t1", day("2020-05-20"), 1000};
    const struct payment part = {"t2", day("2020-06-20"), 300};
    struct milestone milestones[] = {accepted_milestone(), accepted_milestone(), accepted_milestone(), accepted_milestone()};
    struct contract contract = performing_contract();

    contract.milestones = milestones;
    contract.milestone_count = COUNT_OF(milestones);
    milestones[0].payments = &all; /* settled */
    milestones[0].payment_count = 1;
    milestones[1].payments = &part; /* accepted, 650 left, payable since 2020-05-09 */
    milestones[1].payment_count = 1;
    milestones[1].deducted_fen = 50;
    milestones[2].accepted_on = DATE_NONE; /* performed, not accepted */
    milestones[2].due_on = day("2020-02-29");
    milestones[3].accepted_on = DATE_NONE; /* still to come */
    milestones[3].due_on = day("2020-12-31");

    assert_int_equal(contract_scheduled_fen(&contract), 4000);
    assert_int_equal(contract_paid_fen(&contract), 1300);
    assert_int_equal(contract_deducted_fen(&contract), 50);
    assert_int_equal(contract_outstanding_fen(&contract), 2650);
    assert_int_equal(contract_accepted_unpaid_fen(&contract), 650);
    assert_int_equal(contract_not_yet_due_fen(&contract, day("2020-10-19")), 1000);
    assert_int_equal(contract_not_yet_due_fen(&contract, day("2020-12-31")), 0);
    assert_int_equal(contract_overdue_fen(&contract, day("2020-08-07"), 89), 650);
    assert_int_equal(contract_overdue_fen(&contract, day("2020-08-07"), 90), 0);
    assert_int_equal(contract_overdue_fen(&contract, day("2020-05-09"), 0), 0);
    assert_day(schedule_first_due_on(&contract), "2020-02-29");
    assert_day(schedule_last_due_on(&contract), "2020-12-31");
}

static void an_empty_schedule_has_no_days(void **state)
{
    (void)state;
    struct contract contract = performing_contract();
    assert_day(schedule_first_due_on(&contract), "none");
    assert_day(schedule_last_due_on(&contract), "none");
    assert_int_equal(contract_outstanding_fen(&contract), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outstanding_is_what_is_neither_paid_nor_deducted),
        cmocka_unit_test(a_milestone_that_is_all_deducted_was_never_settled_by_a_payment),
        cmocka_unit_test(the_term_runs_from_what_the_contract_names),
        cmocka_unit_test(lateness_counts_from_the_payable_day_and_is_never_negative),
        cmocka_unit_test(work_that_is_not_accepted_is_never_late_in_payment),
        cmocka_unit_test(slip_runs_from_the_due_day_to_acceptance_or_to_today),
        cmocka_unit_test(only_signed_performing_and_evaluating_contracts_count_as_signed),
        cmocka_unit_test(sums_over_a_contract_add_up),
        cmocka_unit_test(an_empty_schedule_has_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
