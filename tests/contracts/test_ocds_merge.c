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

/* Nulls, arrays of texts that become empty, ids twice in one release, elements without id, deep ones: as the reference implementation has it. */
static void what_the_reference_implementation_makes_of_other_releases_comes_out(void **state)
{
    json_t *cases = json_load_file(ZCD_SOURCE_DIR "/tests/vectors/ocds/made/merge.json", 0, NULL), *one;
    size_t i;

    (void)state;
    assert_int_equal(json_array_size(cases), 16);
    json_array_foreach(cases, i, one) {
        json_t *releases[RELEASES_MAX], *input = json_object_get(one, "releases");
        size_t count = json_array_size(input);
        assert_in_range(count, 1, RELEASES_MAX);
        for (size_t j = 0; j < count; j++)
            releases[j] = json_array_get(input, j);
        json_t *compiled = ocds_merge(releases, count, OCDS_MERGE_FIELDS);
        json_t *versioned = ocds_merge_versions(releases, count, OCDS_MERGE_FIELDS);
        if (!json_equal(compiled, json_object_get(one, "compiled")) || !json_equal(versioned, json_object_get(one, "versioned")))
            fail_msg("case %zu", i);
        json_decref(compiled);
        json_decref(versioned);
    }
    json_decref(cases);
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
        cmocka_unit_test(what_the_reference_implementation_makes_of_other_releases_comes_out),
        cmocka_unit_test(an_integer_names_the_same_as_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
