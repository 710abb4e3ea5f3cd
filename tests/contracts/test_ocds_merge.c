/* Expected values: the official vectors of the merge routine, tests/vectors/ocds/merge (see README.md there). */
#include "contracts/import/ocds_merge.h"

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

/* What VECTORS schema.json says of its fields. */
static const struct ocds_merge_field SCHEMA_FIELDS[] = {
    {"id", OCDS_MERGE_OMITTED},
    {"date", OCDS_MERGE_OMITTED},
    {"tag", OCDS_MERGE_OMITTED},
    {"omitWhenMerged", OCDS_MERGE_OMITTED},
    {"identifierMerge/omitWhenMerged", OCDS_MERGE_OMITTED},
    {"identifierMerge/subarray/subsubarray", OCDS_MERGE_WHOLE_LIST},
    {"wholeListMergeObject/c", OCDS_MERGE_OMITTED},
    {"arrayWithoutObjectId", OCDS_MERGE_WHOLE_LIST},
    {"wholeListMergeOmitWhenMerged", OCDS_MERGE_WHOLE_LIST},
    {"wholeListMergeVersionId", OCDS_MERGE_WHOLE_LIST},
    {"", OCDS_MERGE_BY_ID},
};

/* Two that the library's own tests set beside its schema, in the place where they stand in its table. */
static const struct ocds_merge_field APPEND_FIELDS[] = {
    {"id", OCDS_MERGE_OMITTED}, {"date", OCDS_MERGE_OMITTED}, {"nested/array", OCDS_MERGE_APPEND}, {"", OCDS_MERGE_BY_ID}};
static const struct ocds_merge_field BY_POSITION_FIELDS[] = {
    {"id", OCDS_MERGE_OMITTED}, {"date", OCDS_MERGE_OMITTED}, {"nested/array", OCDS_MERGE_BY_POSITION}, {"", OCDS_MERGE_BY_ID}};

enum { RELEASES_MAX = 16 };

typedef json_t *merge_function(json_t *const *releases, size_t count, const struct ocds_merge_field *fields);

/* Merge the releases of a file, all of them as often as said, and compare. */
static void check(const char *input_path, const char *expected_path, merge_function *merge, const struct ocds_merge_field *fields,
                  size_t times)
{
    json_t *releases[RELEASES_MAX];
    json_t *expected = json_load_file(expected_path, 0, NULL);
    json_t *input = json_load_file(input_path, 0, NULL);

    assert_non_null(expected);
    size_t count = json_array_size(input);
    assert_in_range(count, 1, RELEASES_MAX / times);
    for (size_t i = 0; i < count * times; i++)
        releases[i] = json_array_get(input, i % count);
    json_t *before = json_deep_copy(input);
    json_t *merged = merge(releases, count * times, fields);
    if (!json_equal(merged, expected)) {
        char *text = json_dumps(merged, JSON_COMPACT);
        fail_msg("%s: %s", expected_path, text);
    }
    assert_true(json_equal(input, before));
    json_decref(merged);
    json_decref(before);
    json_decref(input);
    json_decref(expected);
}

static void check_folder(const char *folder, const char *suffix, merge_function *merge, const struct ocds_merge_field *fields,
                         size_t count)
{
    char pattern[512], path[512];
    glob_t found;

    (void)snprintf(pattern, sizeof pattern, VECTORS "%s/*%s", folder, suffix);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, count);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t size = strlen(found.gl_pathv[i]) - strlen(suffix);
        (void)snprintf(path, sizeof path, "%.*s.json", (int)size, found.gl_pathv[i]);
        check(path, found.gl_pathv[i], merge, fields, 1);
    }
    globfree(&found);
}

static void the_standards_vectors_come_out_as_published(void **state)
{
    (void)state;
    check_folder("1.1", "-compiled.json", ocds_merge, OCDS_MERGE_FIELDS, 17);
}

static void the_vectors_of_odd_schemas_come_out_as_published(void **state)
{
    (void)state;
    check_folder("schema", "-compiled.json", ocds_merge, SCHEMA_FIELDS, 13);
}

static void the_vectors_of_versioned_releases_come_out_as_published(void **state)
{
    (void)state;
    check_folder("1.1", "-versioned.json", ocds_merge_versions, OCDS_MERGE_FIELDS, 17);
    check_folder("schema", "-versioned.json", ocds_merge_versions, SCHEMA_FIELDS, 1);
}

/* As test_collisions.py of ocds-merge has them: the releases twice. */
static void the_vectors_of_arrays_whose_ids_repeat_come_out_as_published(void **state)
{
    (void)state;
    check(VECTORS "schema/identifier-merge-duplicate-id.json", VECTORS "schema/identifier-merge-duplicate-id-append.json",
          ocds_merge, APPEND_FIELDS, 2);
    check(VECTORS "schema/identifier-merge-no-id.json", VECTORS "schema/identifier-merge-no-id-append.json", ocds_merge,
          APPEND_FIELDS, 2);
    check(VECTORS "schema/identifier-merge-duplicate-id.json", VECTORS "schema/identifier-merge-duplicate-id-by-position.json",
          ocds_merge, BY_POSITION_FIELDS, 2);
}

/* Every file of the folders is an input, or an expectation of one of the tests above. */
static void no_vector_is_left_out(void **state)
{
    static const struct {
        const char *pattern;
        size_t count;
    } kinds[] = {{"*/*.json", 83}, {"*/*-compiled.json", 30}, {"*/*-versioned.json", 18}, {"*/*-append.json", 2},
                 {"*/*-by-position.json", 1}};
    char pattern[512];
    glob_t found;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        (void)snprintf(pattern, sizeof pattern, VECTORS "%s", kinds[i].pattern);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        assert_int_equal(found.gl_pathc, kinds[i].count);
        globfree(&found);
    }
}

/* ----------------------------------------------------------- the end of histories */

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
        json_t *latest = ocds_merge_latest(versioned);
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
    json_t *latest = ocds_merge_latest(versioned);

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
    json_t *versioned = ocds_merge_versions(releases, 2, OCDS_MERGE_FIELDS), *latest = ocds_merge_latest(versioned);
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

/* An id is a text or an integer (schema of 1.1): publishers go from one to the other. */
static void an_integer_names_the_same_as_its_text(void **state)
{
    json_t *releases[] = {json_loads("{\"ocid\":\"a\",\"date\":\"1\",\"awards\":[{\"id\":7,\"title\":\"x\"}]}", 0, NULL),
                          json_loads("{\"ocid\":\"a\",\"date\":\"2\",\"awards\":[{\"id\":\"7\",\"status\":\"active\"}]}", 0, NULL)};
    json_t *merged = ocds_merge(releases, 2, OCDS_MERGE_FIELDS);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(merged, "awards")), 1);
    json_decref(merged);
    json_decref(releases[0]);
    json_decref(releases[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_vectors_come_out_as_published),
        cmocka_unit_test(the_vectors_of_odd_schemas_come_out_as_published),
        cmocka_unit_test(the_vectors_of_versioned_releases_come_out_as_published),
        cmocka_unit_test(the_vectors_of_arrays_whose_ids_repeat_come_out_as_published),
        cmocka_unit_test(no_vector_is_left_out),
        cmocka_unit_test(the_published_versioned_releases_come_to_the_published_compiled_ones),
        cmocka_unit_test(a_history_out_of_order_comes_to_its_latest_date),
        cmocka_unit_test(a_member_that_changes_its_kind_begins_anew),
        cmocka_unit_test(an_integer_names_the_same_as_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
