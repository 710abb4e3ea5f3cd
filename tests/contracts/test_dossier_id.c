#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contracts/dossier_id.h"

#include <string.h>

static void ids_that_can_stand_stay(void **state)
{
    static const char *const ids[] = {"", "c1", "ocds-213czf-000-00001-01", "~!",
                                      "0123456789012345678901234567890123456789012345678901234567890123"};
    struct arena arena = {0};
    (void)state;

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_string_equal(dossier_id(ids[i], &arena), ids[i]);
    arena_done(&arena);
}

static void others_get_an_id_that_follows_from_them(void **state)
{
    static const char *const ids[] = {"a b", "合同1", "b a", "合同2", "c\n",
                                      "01234567890123456789012345678901234567890123456789012345678901234"};
    struct arena arena = {0};
    (void)state;

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const char *made = dossier_id(ids[i], &arena);
        assert_int_equal(strlen(made), 33);
        assert_string_equal(made, dossier_id(ids[i], &arena));
        assert_string_equal(made, dossier_id(made, &arena));
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(made, dossier_id(ids[other], &arena));
    }
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_that_can_stand_stay),
        cmocka_unit_test(others_get_an_id_that_follows_from_them),
    };
    return cmocka_run_group_tests_name("dossier_id", tests, NULL, NULL);
}
