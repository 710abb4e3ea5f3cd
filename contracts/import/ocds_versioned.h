/*
 * ocds_versioned.h - versioned releases of OCDS 1.1: in the place of each value all that it was, release by release.
 *
 * https://standard.open-contracting.org/1.1/en/schema/records_reference/#versioned-release : a history is an array of
 * {releaseID, releaseDate, releaseTag, value}. ocds_merge_versions makes them; here is read what others have made.
 * Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_OCDS_VERSIONED_H
#define CONTRACTS_IMPORT_OCDS_VERSIONED_H

#include <jansson.h>
#include <stdbool.h>

/* Is it an array of versions, and not empty? */
bool ocds_is_history(const json_t *value);

/* Is it a versioned release? One has no date of its own, and a history in the place of some value. */
bool ocds_is_versioned(json_t *release);

/*
 * What a versioned release comes to: of each history the value of the latest releaseDate, of equal ones the last; what is null
 * then is not there.
 *
 *   versioned  in  an object; left as it is
 *
 * Returns a new object, with tag ["compiled"] and the latest releaseDate of all as date (as a text compared: publishers write
 * one form). Release with json_decref.
 */
json_t *ocds_versioned_latest(const json_t *versioned);

#endif
