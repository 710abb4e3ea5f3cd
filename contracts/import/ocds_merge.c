#include "contracts/import/ocds_merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE_MAX = 512, ID_TEXT_SIZE = 24 };

/* Kept as short as the schema: the same object (an organisation reference, an item) stands in several places of it. */
const struct ocds_merge_field OCDS_MERGE_FIELDS[] = {
    {"id", OCDS_MERGE_OMITTED},
    {"date", OCDS_MERGE_OMITTED},
    {"tag", OCDS_MERGE_OMITTED},
    {"parties/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"buyer/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"tender/procuringEntity/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"tender/items/additionalClassifications", OCDS_MERGE_WHOLE_LIST},
    {"tender/tenderers/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"tender/amendments/changes", OCDS_MERGE_WHOLE_LIST},
    {"tender/amendment/changes", OCDS_MERGE_WHOLE_LIST},
    {"awards/suppliers/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"awards/items/additionalClassifications", OCDS_MERGE_WHOLE_LIST},
    {"awards/amendments/changes", OCDS_MERGE_WHOLE_LIST},
    {"awards/amendment/changes", OCDS_MERGE_WHOLE_LIST},
    {"contracts/items/additionalClassifications", OCDS_MERGE_WHOLE_LIST},
    {"contracts/implementation/transactions/payer/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"contracts/implementation/transactions/payee/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"contracts/amendments/changes", OCDS_MERGE_WHOLE_LIST},
    {"contracts/amendment/changes", OCDS_MERGE_WHOLE_LIST},
    {"", OCDS_MERGE_BY_ID},
};

/* Where in the schema the merge is; the path grows and shrinks with the levels. */
struct merge {
    const struct ocds_merge_field *fields;
    const json_t *release; /* whose values are kept with their history; NULL: only the last value counts */
    char path[PATH_SIZE_MAX];
    size_t size;
};

static enum ocds_merge_rule rule_of(const struct merge *merge)
{
    for (const struct ocds_merge_field *field = merge->fields; *field->path != '\0'; field++)
        if (strcmp(field->path, merge->path) == 0)
            return field->rule;
    return OCDS_MERGE_BY_ID;
}

static size_t descend(struct merge *merge, const char *name)
{
    size_t before = merge->size;
    int added = snprintf(merge->path + before, PATH_SIZE_MAX - before, "%s%s", before == 0 ? "" : "/", name);

    merge->size += (size_t)added < PATH_SIZE_MAX - before ? (size_t)added : PATH_SIZE_MAX - before - 1;
    return before;
}

static void ascend(struct merge *merge, size_t before)
{
    merge->size = before;
    merge->path[before] = '\0';
}

/* Ids are texts or integers, and 1 names the same as "1". NULL when there is none. */
static const char *id_of(json_t *element, char text[ID_TEXT_SIZE])
{
    json_t *id = json_object_get(element, "id");

    if (json_is_string(id))
        return json_string_value(id);
    if (!json_is_integer(id))
        return NULL;
    (void)snprintf(text, ID_TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
    return text;
}

static bool are_all_objects(json_t *list)
{
    size_t i;
    json_t *element;

    json_array_foreach(list, i, element)
        if (!json_is_object(element))
            return false;
    return true;
}

static void merge_object(struct merge *merge, json_t *into, json_t *from);

/* Positions of the elements of a list by their ids, so that long lists are merged in the time of their length. */
static json_t *positions_of(json_t *list)
{
    json_t *positions = json_object();
    char text[ID_TEXT_SIZE];
    size_t i;
    json_t *element;

    json_array_foreach(list, i, element) {
        const char *id = json_is_object(element) ? id_of(element, text) : NULL;
        if (id != NULL)
            json_object_set_new_nocheck(positions, id, json_integer((json_int_t)i));
    }
    return positions;
}

/* Where in `into` the element is merged; the size of `into` for a new one. `present`: how many there were before its release. */
static size_t position_for(enum ocds_merge_rule rule, const json_t *into, size_t present, json_t *positions, size_t i,
                           const char *id)
{
    json_t *position = id == NULL ? NULL : json_object_get(positions, id);

    if (rule == OCDS_MERGE_BY_POSITION && i < present)
        return i;
    if (rule == OCDS_MERGE_BY_ID && position != NULL)
        return (size_t)json_integer_value(position);
    return json_array_size(into);
}

static void merge_list(struct merge *merge, enum ocds_merge_rule rule, json_t *into, json_t *from)
{
    json_t *positions = positions_of(into);
    size_t present = json_array_size(into), i;
    char text[ID_TEXT_SIZE];
    json_t *element;

    json_array_foreach(from, i, element) {
        const char *id = id_of(element, text);
        size_t position = position_for(rule, into, present, positions, i, id);
        if (position == json_array_size(into)) {
            json_array_append_new(into, json_object());
            if (id != NULL)
                json_object_set_new_nocheck(positions, id, json_integer((json_int_t)position));
        }
        merge_object(merge, json_array_get(into, position), element);
        if (id != NULL && merge->release != NULL) /* by which it merges: it has no history */
            json_object_set_nocheck(json_array_get(into, position), "id", json_object_get(element, "id"));
    }
    json_decref(positions);
}

/* ----------------------------------------------------------------------- histories */

/* One entry {releaseID, releaseDate, releaseTag, value}, as the schema of versioned releases has it; nothing else has these two. */
static bool is_version(const json_t *entry)
{
    return json_object_get(entry, "releaseDate") != NULL && json_object_get(entry, "value") != NULL;
}

static bool is_history(const json_t *value)
{
    size_t i;
    json_t *entry;

    json_array_foreach(value, i, entry)
        if (!is_version(entry))
            return false;
    return json_array_size(value) > 0;
}

static json_t *or_null(json_t *value)
{
    return value == NULL ? json_null() : value;
}

/* A value that stays the same is no new version. */
static void add_version(const json_t *release, json_t *into, const char *name, json_t *value)
{
    json_t *history = json_object_get(into, name);

    if (!is_history(history)) {
        history = json_array();
        json_object_set_new_nocheck(into, name, history);
    }
    size_t count = json_array_size(history);
    if (count > 0 && json_equal(json_object_get(json_array_get(history, count - 1), "value"), value))
        return;
    json_array_append_new(history, json_pack("{s:O, s:O, s:O, s:o}", "releaseID", or_null(json_object_get(release, "id")),
                                             "releaseDate", or_null(json_object_get(release, "date")), "releaseTag",
                                             or_null(json_object_get(release, "tag")), "value", json_deep_copy(value)));
}

/* ------------------------------------------------------------------------- merging */

static void set_value(const struct merge *merge, json_t *into, const char *name, json_t *value)
{
    if (merge->release != NULL)
        add_version(merge->release, into, name, value);
    else if (json_is_null(value))
        (void)json_object_del(into, name);
    else
        json_object_set_new_nocheck(into, name, json_deep_copy(value));
}

/* The member of `into` that `value` is merged into, made anew where there is none of its type. */
static json_t *member_for(json_t *into, const char *name, json_t *value)
{
    json_t *present = json_object_get(into, name);

    if (present != NULL && json_typeof(present) == json_typeof(value)
        && (!json_is_array(present) || (are_all_objects(present) && !is_history(present))))
        return present;
    present = json_is_array(value) ? json_array() : json_object();
    json_object_set_new_nocheck(into, name, present);
    return present;
}

static void merge_member(struct merge *merge, json_t *into, const char *name, json_t *value)
{
    enum ocds_merge_rule rule = rule_of(merge);

    if (rule == OCDS_MERGE_OMITTED)
        return;
    if (json_is_object(value)) {
        if (json_object_size(value) > 0)
            merge_object(merge, member_for(into, name, value), value);
    } else if (json_is_array(value) && rule != OCDS_MERGE_WHOLE_LIST && are_all_objects(value)) {
        if (json_array_size(value) > 0)
            merge_list(merge, rule, member_for(into, name, value), value);
    } else
        set_value(merge, into, name, value);
}

/* An object that came to nothing (all of it empty or null) is not there. */
static void drop_if_empty(json_t *into, const char *name)
{
    json_t *member = json_object_get(into, name);

    if (json_is_object(member) && json_object_size(member) == 0)
        (void)json_object_del(into, name);
}

static void merge_object(struct merge *merge, json_t *into, json_t *from)
{
    const char *name;
    json_t *value;

    json_object_foreach(from, name, value) {
        size_t before = descend(merge, name);
        merge_member(merge, into, name, value);
        drop_if_empty(into, name);
        ascend(merge, before);
    }
}

json_t *ocds_merge(json_t *const *releases, size_t count, const struct ocds_merge_field *fields)
{
    struct merge merge = {.fields = fields};
    json_t *compiled = json_object();
    json_t *tag = json_array();
    const char *date = "";

    for (size_t i = 0; i < count; i++) {
        const char *given = json_string_value(json_object_get(releases[i], "date"));
        date = given == NULL ? date : given;
        merge_object(&merge, compiled, releases[i]);
    }
    const char *ocid = json_string_value(json_object_get(compiled, "ocid"));
    json_array_append_new(tag, json_string("compiled"));
    json_object_set_new(compiled, "tag", tag);
    json_object_set_new(compiled, "date", json_string(date));
    json_object_set_new(compiled, "id", json_sprintf("%s-%s", ocid == NULL ? "" : ocid, date));
    return compiled;
}

json_t *ocds_merge_versions(json_t *const *releases, size_t count, const struct ocds_merge_field *fields)
{
    struct merge merge = {.fields = fields};
    json_t *versioned = json_object();

    for (size_t i = 0; i < count; i++) {
        json_t *ocid = json_object_get(releases[i], "ocid");
        merge.release = releases[i];
        merge_object(&merge, versioned, releases[i]);
        if (ocid != NULL)
            json_object_set_nocheck(versioned, "ocid", ocid);
    }
    return versioned;
}

/* -------------------------------------------------------------- the end of histories */

static bool has_history(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    if (is_history(value))
        return true;
    json_array_foreach(value, i, member)
        if (has_history(member))
            return true;
    json_object_foreach(value, name, member)
        if (has_history(member))
            return true;
    return false;
}

bool ocds_is_versioned(json_t *release)
{
    return json_object_get(release, "date") == NULL && has_history(release);
}

static const char *text_or_empty(const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : "";
}

static json_t *latest_version(const json_t *history, const char **date)
{
    const char *latest = "";
    json_t *value = NULL, *entry;
    size_t i;

    json_array_foreach(history, i, entry) {
        const char *on = text_or_empty(json_object_get(entry, "releaseDate"));
        if (value != NULL && strcmp(on, latest) < 0)
            continue;
        latest = on;
        value = json_object_get(entry, "value");
    }
    if (strcmp(latest, *date) > 0)
        *date = latest;
    return json_deep_copy(value);
}

static json_t *latest_of(const json_t *value, const char **date);

static json_t *latest_of_members(const json_t *object, const char **date)
{
    json_t *made = json_object(), *value;
    const char *name;

    json_object_foreach((json_t *)object, name, value) {
        json_t *latest = latest_of(value, date);
        if (json_is_null(latest))
            json_decref(latest);
        else
            json_object_set_new_nocheck(made, name, latest);
        drop_if_empty(made, name);
    }
    return made;
}

static json_t *latest_of(const json_t *value, const char **date)
{
    json_t *list, *element;
    size_t i;

    if (is_history(value))
        return latest_version(value, date);
    if (json_is_object(value))
        return latest_of_members(value, date);
    if (!json_is_array(value))
        return json_deep_copy(value);
    list = json_array();
    json_array_foreach(value, i, element)
        json_array_append_new(list, latest_of(element, date));
    return list;
}

json_t *ocds_merge_latest(const json_t *versioned)
{
    const char *date = "";
    json_t *compiled = latest_of_members(versioned, &date);

    json_object_set_new(compiled, "tag", json_pack("[s]", "compiled"));
    json_object_set_new(compiled, "date", json_string(date));
    return compiled;
}
