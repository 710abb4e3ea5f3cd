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

static void check(const char *compiled_path, const struct ocds_merge_field *fields)
{
    char path[512];
    json_t *releases[16];
    size_t suffix = strlen("-compiled.json");

    (void)snprintf(path, sizeof path, "%.*s.json", (int)(strlen(compiled_path) - suffix), compiled_path);
    json_t *expected = json_load_file(compiled_path, 0, NULL);
    json_t *input = json_load_file(path, 0, NULL);
    assert_non_null(expected);
    size_t count = json_array_size(input);
    assert_in_range(count, 1, 16);
    for (size_t i = 0; i < count; i++)
        releases[i] = json_array_get(input, i);
    json_t *before = json_deep_copy(input);
    json_t *merged = ocds_merge(releases, count, fields);
    if (!json_equal(merged, expected)) {
        char *text = json_dumps(merged, JSON_COMPACT);
        fail_msg("%s: %s", compiled_path, text);
    }
    assert_true(json_equal(input, before));
    json_decref(merged);
    json_decref(before);
    json_decref(input);
    json_decref(expected);
}

static void check_folder(const char *pattern, const struct ocds_merge_field *fields, size_t count)
{
    glob_t found;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, count);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check(found.gl_pathv[i], fields);
    globfree(&found);
}

static void the_standards_vectors_come_out_as_published(void **state)
{
    (void)state;
    check_folder(VECTORS "1.1/*-compiled.json", OCDS_MERGE_FIELDS, 17);
}

static void the_vectors_of_odd_schemas_come_out_as_published(void **state)
{
    (void)state;
    check_folder(VECTORS "schema/*-compiled.json", SCHEMA_FIELDS, 13);
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
        cmocka_unit_test(an_integer_names_the_same_as_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
