/* Instalments: due, deferred, paid, past due. Expected days are counted by hand on a calendar. */
#include "contracts/facility.h"

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

/* 100 fen of principal and 5 of interest, paid at once on a day (NULL: not paid). */
static struct instalment instalment_of(const char *due_on, const char *paid_on, struct instalment_payment *payment)
{
    struct instalment instalment = {.due_on = day(due_on), .principal_fen = 100, .interest_fen = 5};

    if (paid_on != NULL) {
        *payment = (struct instalment_payment){day(paid_on), 105};
        instalment.payments = payment;
        instalment.payment_count = 1;
    }
    return instalment;
}

static void an_instalment_is_paid_on_the_day_of_its_last_part(void **state)
{
    (void)state;
    const struct instalment_payment parts[] = {{day("2021-03-25"), 60}, {day("2021-03-20"), 45}};
    struct instalment instalment = {.due_on = day("2021-03-21"), .principal_fen = 100, .interest_fen = 5, .payments = parts,
                                    .payment_count = 1};

    assert_int_equal(instalment_due_fen(&instalment), 105);
    assert_int_equal(instalment_paid_fen(&instalment), 60);
    assert_int_equal(instalment_outstanding_fen(&instalment), 45);
    assert_day(instalment_paid_on(&instalment), "none");
    instalment.payment_count = 2;
    assert_int_equal(instalment_outstanding_fen(&instalment), 0);
    assert_day(instalment_paid_on(&instalment), "2021-03-25");
}

static void an_instalment_of_nothing_is_paid_when_due(void **state)
{
    (void)state;
    struct facility facility = {.id = "f"};
    struct instalment instalment = {.due_on = day("2021-03-21")};
    assert_day(instalment_paid_on(&instalment), "2021-03-21");
    assert_int_equal(instalment_days_past_due(&facility, &instalment, day("2022-01-01")), 0);
}

static void days_past_due_stop_at_the_last_payment(void **state)
{
    (void)state;
    static const struct {
        const char *paid_on, *as_of;
        int32_t days;
    } cases[] = {
        {"2021-03-21", "2021-12-31", 0},  {"2021-03-01", "2021-12-31", 0}, {"2021-03-22", "2021-12-31", 1},
        {"2021-04-20", "2021-12-31", 30}, {NULL, "2021-03-21", 0},         {NULL, "2021-03-01", 0},
        {NULL, "2021-06-19", 90},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instalment_payment payment;
        struct facility facility = {.id = "f"};
        struct instalment instalment = instalment_of("2021-03-21", cases[i].paid_on, &payment);
        assert_int_equal(instalment_days_past_due(&facility, &instalment, day(cases[i].as_of)), cases[i].days);
    }
}

static void a_deferral_moves_the_due_day_only_when_agreed_in_time(void **state)
{
    (void)state;
    static const struct {
        const char *agreed_on, *from, *to, *due_on, *expected;
    } cases[] = {
        {"2022-05-10", "2022-05-21", "2022-08-21", "2022-05-21", "2022-08-21"},
        {"2022-05-10", "2022-05-21", "2022-08-21", "2022-08-20", "2022-08-21"},
        {"2022-05-10", "2022-05-21", "2022-08-21", "2022-08-21", "2022-08-21"},
        {"2022-05-10", "2022-05-21", "2022-08-21", "2022-05-20", "2022-05-20"},
        {"2022-05-21", "2022-05-21", "2022-08-21", "2022-05-21", "2022-08-21"},
        {"2022-05-22", "2022-05-21", "2022-08-21", "2022-05-21", "2022-05-21"}, /* one day late already */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct deferral deferral = {day(cases[i].agreed_on), day(cases[i].from), day(cases[i].to), DEFERRAL_CAUSE_PAYER_DELAY};
        struct facility facility = {.id = "f", .deferrals = &deferral, .deferral_count = 1};
        struct instalment instalment = {.due_on = day(cases[i].due_on), .principal_fen = 1};
        assert_day(instalment_due_after_deferrals(&facility, &instalment), cases[i].expected);
    }
}

static void deferrals_may_follow_one_another_in_any_order(void **state)
{
    (void)state;
    const struct deferral deferrals[] = {
        {day("2022-08-01"), day("2022-08-21"), day("2022-11-21"), DEFERRAL_CAUSE_OTHER},
        {day("2022-05-10"), day("2022-05-21"), day("2022-08-21"), DEFERRAL_CAUSE_PAYER_DELAY},
    };
    struct facility facility = {.id = "f", .deferrals = deferrals, .deferral_count = 2};
    struct instalment instalment = {.due_on = day("2022-05-21"), .principal_fen = 1};
    assert_day(instalment_due_after_deferrals(&facility, &instalment), "2022-11-21");
}

static void the_worst_delay_leaves_out_the_window_before_and_the_technical(void **state)
{
    (void)state;
    struct instalment_payment payments[4];
    struct instalment instalments[] = {
        instalment_of("2019-01-10", "2019-03-11", &payments[0]), /* 60 days, long ago */
        instalment_of("2021-01-10", "2021-01-17", &payments[1]), /* 7 days: technical */
        instalment_of("2021-02-10", "2021-02-18", &payments[2]), /* 8 days */
        instalment_of("2021-12-10", NULL, &payments[3]),         /* not due yet in most of what follows */
    };
    struct facility facility = {.id = "f", .instalments = instalments, .instalment_count = COUNT_OF(instalments)};

    assert_int_equal(facility_days_past_due_worst(&facility, day("2019-01-01"), day("2021-06-30")), 60);
    assert_int_equal(facility_days_past_due_worst(&facility, day("2019-01-11"), day("2021-06-30")), 8);
    assert_int_equal(facility_days_past_due_worst(&facility, day("2021-02-11"), day("2021-06-30")), 0);
    assert_int_equal(facility_days_past_due_worst(&facility, day("2020-01-01"), day("2021-12-31")), 21);
    assert_int_equal(facility_days_past_due_now(&facility, day("2021-06-30")), 0);
    assert_int_equal(facility_days_past_due_now(&facility, day("2021-12-13")), 3);
    assert_int_equal(facility_days_past_due_now(&facility, day("2021-12-31")), 21);
}

static void an_agreed_deferral_is_no_delay(void **state)
{
    (void)state;
    struct instalment_payment payment;
    struct instalment instalment = instalment_of("2022-05-21", "2022-08-21", &payment);
    struct deferral deferral = {day("2022-05-10"), day("2022-05-21"), day("2022-08-21"), DEFERRAL_CAUSE_PAYER_DELAY};
    struct facility facility = {.id = "f", .instalments = &instalment, .instalment_count = 1};

    assert_int_equal(facility_days_past_due_worst(&facility, day("2022-01-01"), day("2022-12-31")), 92);
    assert_int_equal(facility_instalments_on_time(&facility, day("2022-12-31")), 0);
    facility.deferrals = &deferral;
    facility.deferral_count = 1;
    assert_int_equal(facility_days_past_due_worst(&facility, day("2022-01-01"), day("2022-12-31")), 0);
    assert_int_equal(facility_instalments_on_time(&facility, day("2022-12-31")), 1);
}

static void counts_only_instalments_whose_outcome_is_known(void **state)
{
    (void)state;
    struct instalment_payment payments[5];
    struct instalment instalments[] = {
        instalment_of("2021-01-10", "2021-01-10", &payments[0]), /* on time */
        instalment_of("2021-02-10", "2021-02-17", &payments[1]), /* technical: on time */
        instalment_of("2021-03-10", "2021-04-10", &payments[2]), /* late */
        instalment_of("2021-05-10", NULL, &payments[3]),         /* unpaid */
        instalment_of("2021-06-10", "2021-05-01", &payments[4]), /* paid before it is due */
    };
    struct facility facility = {.id = "f", .instalments = instalments, .instalment_count = COUNT_OF(instalments)};

    assert_int_equal(facility_instalments_due(&facility, day("2021-05-17")), 3); /* the fourth may still be technical */
    assert_int_equal(facility_instalments_on_time(&facility, day("2021-05-17")), 2);
    assert_int_equal(facility_instalments_due(&facility, day("2021-05-18")), 4);
    assert_int_equal(facility_instalments_on_time(&facility, day("2021-05-18")), 2);
    assert_int_equal(facility_instalments_due(&facility, day("2021-06-10")), 5);
    assert_int_equal(facility_instalments_on_time(&facility, day("2021-06-10")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instalment_is_paid_on_the_day_of_its_last_part),
        cmocka_unit_test(an_instalment_of_nothing_is_paid_when_due),
        cmocka_unit_test(days_past_due_stop_at_the_last_payment),
        cmocka_unit_test(a_deferral_moves_the_due_day_only_when_agreed_in_time),
        cmocka_unit_test(deferrals_may_follow_one_another_in_any_order),
        cmocka_unit_test(the_worst_delay_leaves_out_the_window_before_and_the_technical),
        cmocka_unit_test(an_agreed_deferral_is_no_delay),
        cmocka_unit_test(counts_only_instalments_whose_outcome_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
