/*
 * ocds_merge.h - the merge routine of OCDS 1.1: releases of one contracting process into its compiled release.
 *
 * https://standard.open-contracting.org/1.1/en/schema/merging/ : releases in the order of their dates; a later value replaces an
 * earlier one, null removes it, objects merge member by member, arrays of objects by the `id` of their elements, other
 * arrays as a whole. Which arrays merge as a whole, and what is left out, the schema says: OCDS_MERGE_FIELDS.
 * The same releases come to a versioned release too, in which each value stands with all that it was before
 * (ocds_merge_versions).
 * Pure. Thread: one at a time.
 */
#ifndef CONTRACTS_IMPORT_OCDS_MERGE_H
#define CONTRACTS_IMPORT_OCDS_MERGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum ocds_merge_rule {
    OCDS_MERGE_BY_ID = 0,
    OCDS_MERGE_WHOLE_LIST, /* wholeListMerge, arrays of texts, and arrays of objects for which the schema has no id */
    OCDS_MERGE_OMITTED,    /* omitWhenMerged */
    /* Two that the library ocds-merge has for publishers whose ids repeat; no field of the standard has them. */
    OCDS_MERGE_APPEND,     /* every element stays */
    OCDS_MERGE_BY_POSITION /* by the place in the array */
};

/* A field whose rule is not OCDS_MERGE_BY_ID; path as in "awards/suppliers/additionalIdentifiers". */
struct ocds_merge_field {
    const char *path;
    enum ocds_merge_rule rule;
};

/* The fields of the release schema 1.1.5; an empty path stands behind the last. */
extern const struct ocds_merge_field OCDS_MERGE_FIELDS[];

/*
 * Merge releases that stand in the order of their dates.
 *
 *   releases  in   objects; left as they are
 *   fields    in   OCDS_MERGE_FIELDS, or those of another schema
 *
 * Returns a new object, with tag ["compiled"], the last date, and the id OCID-DATE. Release with json_decref.
 */
json_t *ocds_merge(json_t *const *releases, size_t count, const struct ocds_merge_field *fields);

/* Do two values say the same, in whatever order the elements of their arrays with ids stand? */
bool ocds_says_same(const json_t *a, const json_t *b);

/*
 * The versioned release of releases that stand in the order of their dates.
 *
 * In the place of each value stands its history: an array of {releaseID, releaseDate, releaseTag, value}, one for each release
 * that changed it. Only `ocid` and the ids by which arrays merge are as they were.
 *
 * Parameters as of ocds_merge. Returns a new object. Release with json_decref.
 */
json_t *ocds_merge_versions(json_t *const *releases, size_t count, const struct ocds_merge_field *fields);

#endif
