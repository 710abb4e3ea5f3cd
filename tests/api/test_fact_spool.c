#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/flows/fact_spool.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { FACTS = 20000, END = -1 }; /* several times what is shown at once */

/* Who takes what the spool gives: every one must be the next. */
struct taker {
    int next, refuses_at;
};

static struct fact payment(int number, char id[16])
{
    (void)snprintf(id, 16, "t%d", number);
    return (struct fact){.kind = FACT_PAYMENT,
                         .organisation = "XI-TEST:1",
                         .line = (uint64_t)number + 1,
                         .place = "/releases/0",
                         .payment = {.contract = "c", .milestone = "", .id = id, .amount = {number + 1, "CNY"}, .payer_name = "民政局"}};
}

static enum zcd_code take(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct taker *taker = context;
    char id[16];
    struct fact expected = payment(taker->next, id);

    if (taker->next == taker->refuses_at)
        return zcd_fail(err, ZCD_INVALID, "enough");
    assert_int_equal(fact->line, expected.line);
    assert_string_equal(fact->place, expected.place);
    assert_string_equal(fact->payment.id, id);
    assert_string_equal(fact->payment.payer_name, "民政局");
    assert_int_equal(fact->payment.amount.minor, expected.payment.amount.minor);
    taker->next++;
    return ZCD_OK;
}

/* The reader's side. */
struct reader {
    struct fact_spool *spool;
    bool is_whole;
    enum zcd_code code;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    struct zcd_error err;
    char id[16];

    for (int i = 0; i < FACTS && reader->code == ZCD_OK; i++) {
        struct fact fact = payment(i, id);
        reader->code = fact_spool_take(reader->spool, &fact, &err);
    }
    fact_spool_end(reader->spool, reader->is_whole && reader->code == ZCD_OK);
    return NULL;
}

static void gives_all_facts_in_their_order_while_they_come_and_again(void **state)
{
    struct reader reader = {.spool = fact_spool_new(NULL), .is_whole = true};
    struct taker taker = {.refuses_at = END}, again = {.refuses_at = END};
    struct zcd_error err;
    pthread_t thread;

    (void)state;
    assert_non_null(reader.spool);
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    assert_int_equal(fact_spool_give(reader.spool, take, &taker, &err), ZCD_OK);
    assert_int_equal(taker.next, FACTS);
    assert_int_equal(fact_spool_give(reader.spool, take, &again, &err), ZCD_OK);
    assert_int_equal(again.next, FACTS);
    (void)pthread_join(thread, NULL);
    assert_int_equal(reader.code, ZCD_OK);
    assert_false(fact_spool_is_broken(reader.spool));
    fact_spool_free(reader.spool);
}

static void what_was_not_read_to_its_end_is_not_given_as_whole(void **state)
{
    struct reader reader = {.spool = fact_spool_new(NULL), .is_whole = false};
    struct taker taker = {.refuses_at = END};
    struct zcd_error err;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    assert_int_equal(fact_spool_give(reader.spool, take, &taker, &err), ZCD_CONFLICT);
    (void)pthread_join(thread, NULL);
    assert_true(fact_spool_is_broken(reader.spool));
    fact_spool_free(reader.spool);
}

static void a_refusal_on_one_side_ends_the_other(void **state)
{
    struct reader reader = {.spool = fact_spool_new(NULL), .is_whole = true};
    struct taker taker = {.refuses_at = 3};
    struct zcd_error err;
    pthread_t thread;

    (void)state;
    fact_spool_refuse(reader.spool);
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    (void)pthread_join(thread, NULL);
    assert_int_equal(reader.code, ZCD_CONFLICT);
    fact_spool_free(reader.spool);

    reader = (struct reader){.spool = fact_spool_new(NULL), .is_whole = true};
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    assert_int_equal(fact_spool_give(reader.spool, take, &taker, &err), ZCD_INVALID);
    assert_string_equal(err.message, "enough");
    (void)pthread_join(thread, NULL);
    fact_spool_free(reader.spool);
}

static void a_folder_that_is_not_there_has_no_room(void **state)
{
    (void)state;
    assert_null(fact_spool_new("/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_all_facts_in_their_order_while_they_come_and_again),
        cmocka_unit_test(what_was_not_read_to_its_end_is_not_given_as_whole),
        cmocka_unit_test(a_refusal_on_one_side_ends_the_other),
        cmocka_unit_test(a_folder_that_is_not_there_has_no_room),
    };
    return cmocka_run_group_tests_name("fact_spool", tests, NULL, NULL);
}
