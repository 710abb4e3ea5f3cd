/* Expected values: the official vectors of the merge routine, tests/vectors/ocds/merge (see README.md there). */
#include "contracts/import/ocds_merge.h"
#include "contracts/import/ocds_versioned.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS ZCD_SOURCE_DIR "/tests/vectors/ocds/merge/"

/* Of both published forms of one process the same holds at the end; date and id of a compiled release are its own. */
static void the_published_versioned_releases_come_to_the_published_compiled_ones(void **state)
{
    char path[512];
    glob_t found;

    (void)state;
    assert_int_equal(glob(VECTORS "1.1/*-versioned.json", 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 17);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t size = strlen(found.gl_pathv[i]) - strlen("-versioned.json");
        (void)snprintf(path, sizeof path, "%.*s-compiled.json", (int)size, found.gl_pathv[i]);
        json_t *versioned = json_load_file(found.gl_pathv[i], 0, NULL), *compiled = json_load_file(path, 0, NULL);
        json_t *latest = ocds_versioned_latest(versioned);
        assert_true(ocds_is_versioned(versioned));
        assert_false(ocds_is_versioned(compiled));
        json_object_del(compiled, "id");
        json_object_del(compiled, "date");
        json_object_del(latest, "date");
        if (!json_equal(latest, compiled))
            fail_msg("%s: %s", found.gl_pathv[i], json_dumps(latest, JSON_COMPACT));
        json_decref(latest);
        json_decref(compiled);
        json_decref(versioned);
    }
    globfree(&found);
}

static void a_history_out_of_order_comes_to_its_latest_date(void **state)
{
    json_t *versioned = json_loads("{\"ocid\":\"a\",\"language\":["
                                   "{\"releaseDate\":\"2024-02-01\",\"value\":\"later\"},"
                                   "{\"releaseDate\":\"2024-01-01\",\"value\":\"earlier\"}],"
                                   "\"buyer\":{\"name\":[{\"releaseDate\":\"2024-03-01\",\"value\":null}]}}",
                                   0, NULL);
    json_t *expected = json_loads("{\"ocid\":\"a\",\"language\":\"later\",\"tag\":[\"compiled\"],\"date\":\"2024-03-01\"}", 0, NULL);
    json_t *latest = ocds_versioned_latest(versioned);

    (void)state;
    assert_true(json_equal(latest, expected));
    json_decref(latest);
    json_decref(expected);
    json_decref(versioned);
}

/* A member that was a text and becomes an object, a list that becomes a text: the history begins anew, and nothing is lost of the last. */
static void a_member_that_changes_its_kind_begins_anew(void **state)
{
    json_t *releases[] = {json_loads("{\"ocid\":\"a\",\"id\":\"1\",\"date\":\"1\",\"buyer\":\"x\",\"awards\":[{\"id\":1,\"title\":\"t\"}]}", 0, NULL),
                          json_loads("{\"ocid\":\"a\",\"id\":\"2\",\"date\":\"2\",\"buyer\":{\"name\":\"x\"},\"awards\":\"none\"}", 0, NULL)};
    json_t *versioned = ocds_merge_versions(releases, 2, OCDS_MERGE_FIELDS), *latest = ocds_versioned_latest(versioned);
    json_t *compiled = ocds_merge(releases, 2, OCDS_MERGE_FIELDS);

    (void)state;
    json_object_del(compiled, "id");
    assert_true(json_equal(latest, compiled));
    json_decref(versioned);
    json_decref(latest);
    json_decref(compiled);
    json_decref(releases[0]);
    json_decref(releases[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_versioned_releases_come_to_the_published_compiled_ones),
        cmocka_unit_test(a_history_out_of_order_comes_to_its_latest_date),
        cmocka_unit_test(a_member_that_changes_its_kind_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
