/* The facts as resources: their names, and their keys as they stand in paths and in tables. */
#include "api/codec/fact_form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/codec/fact_statement.h"
#include "base/cleanup.h"
#include "contracts/facility_store.h"

#include <stdio.h>
#include <string.h>

static const struct fact_form *form_of(const char *name)
{
    return fact_form_at(fact_form_find(name));
}

static void keys_are_percent_encoded_in_paths_and_only_as_far_as_needed_in_tables(void **state)
{
    static const struct {
        const char *form, *path, *sql;
    } keys[] = {
        {"visits", "v1", "v1"},
        {"visits", "a%20b", "a b"},
        {"visits", "%E5%90%88%E5%90%8C", "合同"},
        {"visits", "a%2Cb%25c", "a%2Cb%25c"},
        {"visits", "ocds-1%2F2", "ocds-1/2"},
        {"payments", "c1,,t1", "c1,,t1"},
        {"payments", "c1,m1,t1", "c1,m1,t1"},
        {"instalments", "f1,2020-12-21,1", "f1,2020-12-21,1"},
    };
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct zcd_error err;
    const char *sql;
    (void)state;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(fact_key_read(form_of(keys[i].form), keys[i].path, &arena, &sql, &err), ZCD_OK);
        assert_string_equal(sql, keys[i].sql);
        assert_string_equal(fact_key_format(sql, &arena), keys[i].path);
    }
}

static void what_can_be_nobodys_key_is_not_found(void **state)
{
    static const char *const paths[] = {"", "a,b", "%", "%4", "%zz", "%00", "%0a", "%7F", "%ff", "%C0%80"};
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct zcd_error err;
    const char *sql = "untouched";
    (void)state;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(fact_key_read(form_of("visits"), paths[i], &arena, &sql, &err), ZCD_NOT_FOUND);
    assert_int_equal(fact_key_read(form_of("payments"), "c1,m1", &arena, &sql, &err), ZCD_NOT_FOUND);
    assert_string_equal(sql, "untouched");
}

static void no_two_columns_of_a_form_have_one_name(void **state)
{
    (void)state;
    for (int number = 0; number < FACT_FORM_COUNT; number++) {
        const struct fact_form *form = fact_form_at((enum fact_form_number)number);
        for (size_t a = 0; a < form->table->column_count; a++) {
            for (size_t b = 0; b < a; b++)
                assert_string_not_equal(fact_member_name(form, a), fact_member_name(form, b));
        }
    }
}

static void forms_are_found_by_name_but_for_the_organisation_itself(void **state)
{
    (void)state;
    assert_int_equal(fact_form_find("visits"), FACT_FORM_VISITS);
    assert_int_equal(fact_form_find("organisation"), FACT_FORM_NONE);
    assert_int_equal(fact_form_find(""), FACT_FORM_NONE);
    for (int number = 1; number < FACT_FORM_COUNT; number++)
        assert_int_equal(fact_form_find(fact_form_at((enum fact_form_number)number)->name), number);
}

/* Required columns and days of their own exist in the tables: a slip in the list would be no rule at all. */
static void the_columns_that_forms_name_are_in_their_tables(void **state)
{
    (void)state;
    for (int number = 0; number < FACT_FORM_COUNT; number++) {
        const struct fact_form *form = fact_form_at((enum fact_form_number)number);
        char names[200], *rest = names, *name;
        (void)snprintf(names, sizeof names, "%s %s", form->required, form->day);
        while ((name = strsep(&rest, " ")) != NULL) {
            bool is_there = *name == '\0';
            for (size_t i = 0; i < form->table->column_count; i++)
                is_there = is_there || strcmp(form->table->columns[i].name, name) == 0;
            assert_true(is_there);
        }
    }
}

#define FACILITY                                                                                                       \
    "{\"value\":{\"lender\":\"bank\",\"outstanding_fen\":5,\"opened_on\":\"2020-10-23\",\"matures_on\":\"2022-10-22\"," \
    "\"classification\":\"normal\",\"pledged_contracts\":[\"c1\",\"c2\"]%s}%s}"

static const struct date TODAY = {18600}; /* 2020-12-04 */

static enum zcd_code decode(const char *more_value, const char *more, struct arena *arena, struct fact_statement *statement,
                            struct zcd_error *err)
{
    char json[1024];

    (void)snprintf(json, sizeof json, FACILITY, more_value, more);
    return fact_statement_decode(form_of("facilities"), "f1", bytes_of_text(json), TODAY, arena, statement, err);
}

static void a_statement_is_read_into_the_row_of_its_table(void **state)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_statement statement;
    struct zcd_error err;
    (void)state;

    assert_int_equal(decode(",\"id\":\"f1\"", ",\"valid_from\":\"2020-11-01\",\"reason\":\"r\"", &arena, &statement, &err), ZCD_OK);
    const struct facility_row *row = statement.row;
    assert_string_equal(row->facility.id, "f1");
    assert_string_equal(row->facility.lender, "bank");
    assert_int_equal(row->facility.outstanding_fen, 5);
    assert_int_equal(row->facility.limit_fen, DOSSIER_FEN_NONE);
    assert_string_equal(row->pledged_contracts, "c1 c2");
    assert_int_equal(row->row.valid_from.days, 18567); /* 2020-11-01 */
    assert_string_equal(statement.reason, "r");
    assert_int_equal(decode("", "", &arena, &statement, &err), ZCD_OK);
    assert_int_equal(((const struct fact_row *)statement.row)->valid_from.days, TODAY.days);
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct fact_statement statement;
    struct zcd_error err;
    (void)state;

    assert_int_equal(decode(",\"id\":\"f2\",\"limit_fen\":4,\"product\":\"a\\tb\"", ",\"valid_from\":\"2020-12-05\"", &arena, &statement, &err),
                     ZCD_INVALID);
    assert_string_equal(err.pointer, "/value/id");
    assert_int_equal(err.other_count, 3);
    assert_string_equal(err.others[0].pointer, "/value/product");
    assert_string_equal(err.others[1].pointer, "/value/outstanding_fen");
    assert_string_equal(err.others[2].pointer, "/valid_from");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_percent_encoded_in_paths_and_only_as_far_as_needed_in_tables),
        cmocka_unit_test(what_can_be_nobodys_key_is_not_found),
        cmocka_unit_test(no_two_columns_of_a_form_have_one_name),
        cmocka_unit_test(forms_are_found_by_name_but_for_the_organisation_itself),
        cmocka_unit_test(the_columns_that_forms_name_are_in_their_tables),
        cmocka_unit_test(a_statement_is_read_into_the_row_of_its_table),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
