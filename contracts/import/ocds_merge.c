#include "contracts/import/ocds_merge.h"

#include "contracts/import/ocds_versioned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE_MAX = 512, ID_TEXT_SIZE = 24, POINTER_TEXT_SIZE = 24, LONG_LIST_SIZE_MIN = 64 };

/* Kept as short as the schema: the same object (an organisation reference, an item) stands in several places of it. */
const struct ocds_merge_field OCDS_MERGE_FIELDS[] = {
    {"id", OCDS_MERGE_OMITTED},
    {"date", OCDS_MERGE_OMITTED},
    {"tag", OCDS_MERGE_OMITTED},
    {"parties/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"parties/roles", OCDS_MERGE_WHOLE_LIST},
    {"buyer/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"tender/procuringEntity/additionalIdentifiers", OCDS_MERGE_WHOLE_LIST},
    {"tender/items/additionalClassifications", OCDS_MERGE_WHOLE_LIST},
    {"tender/additionalProcurementCategories", OCDS_MERGE_WHOLE_LIST},
    {"tender/submissionMethod", OCDS_MERGE_WHOLE_LIST},
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
    {"contracts/relatedProcesses/relationship", OCDS_MERGE_WHOLE_LIST},
    {"contracts/amendments/changes", OCDS_MERGE_WHOLE_LIST},
    {"contracts/amendment/changes", OCDS_MERGE_WHOLE_LIST},
    {"relatedProcesses/relationship", OCDS_MERGE_WHOLE_LIST},
    {"", OCDS_MERGE_BY_ID},
};

/* Where in the schema the merge is; the path grows and shrinks with the levels. */
struct merge {
    const struct ocds_merge_field *fields;
    const json_t *release; /* whose values are kept with their history; NULL: only the last value counts */
    json_t *long_lists;    /* by their addresses: the list, and where its elements are */
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

/* Ids are texts or integers, and 1 names the same as "1". NULL when it is neither. */
static const char *id_text(const json_t *id, char text[ID_TEXT_SIZE])
{
    if (json_is_string(id))
        return json_string_value(id);
    if (!json_is_integer(id))
        return NULL;
    (void)snprintf(text, ID_TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
    return text;
}

static const char *id_of(const json_t *element, char text[ID_TEXT_SIZE])
{
    return id_text(json_object_get(element, "id"), text);
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
static json_t *positions_of(const json_t *list)
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

/*
 * The same of a list that is merged into again with every release: a long one's is kept, so that many releases too are merged in
 * the time of their length. The list is kept with it, so that no other gets its address. The caller's.
 */
static json_t *positions_in(struct merge *merge, json_t *list)
{
    char address[POINTER_TEXT_SIZE];
    (void)snprintf(address, sizeof address, "%p", (void *)list);
    json_t *kept = json_object_get(merge->long_lists, address);

    if (kept != NULL)
        return json_incref(json_array_get(kept, 1));
    json_t *positions = positions_of(list);
    if (json_array_size(list) >= LONG_LIST_SIZE_MIN)
        json_object_set_new_nocheck(merge->long_lists, address, json_pack("[O, O]", list, positions));
    return positions;
}

static bool is_long_list(const struct merge *merge, const json_t *list)
{
    char address[POINTER_TEXT_SIZE];

    (void)snprintf(address, sizeof address, "%p", (const void *)list);
    return json_object_get(merge->long_lists, address) != NULL;
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
    json_t *positions = positions_in(merge, into);
    size_t present = json_array_size(into), i;
    char text[ID_TEXT_SIZE];
    json_t *element;

    json_array_foreach(from, i, element) {
        const char *id = id_of(element, text);
        size_t position = position_for(rule, into, present, positions, i, id);
        bool is_new = position == json_array_size(into);
        if (is_new)
            json_array_append_new(into, json_object());
        json_t *target = json_array_get(into, position);
        merge_object(merge, target, element);
        if (id != NULL && merge->release != NULL) /* by which it merges: it has no history */
            json_object_set_nocheck(target, "id", json_object_get(element, "id"));
        if (is_new && json_object_size(target) == 0)
            (void)json_array_remove(into, position);
        else if (is_new && id != NULL)
            json_object_set_new_nocheck(positions, id, json_integer((json_int_t)position));
    }
    json_decref(positions);
}

/* ----------------------------------------------------------------------- histories */

static json_t *or_null(json_t *value)
{
    return value == NULL ? json_null() : value;
}

static bool is_of(const json_t *version, const json_t *release)
{
    return version != NULL && json_equal(json_object_get(version, "releaseID"), or_null(json_object_get(release, "id")))
           && json_equal(json_object_get(version, "releaseDate"), or_null(json_object_get(release, "date")));
}

static json_t *last_of(const json_t *history)
{
    size_t count = json_array_size(history);

    return count == 0 ? NULL : json_array_get(history, count - 1);
}

/* Of what one release says twice the last counts; a value that stays the same is no new version. */
static void add_version(const json_t *release, json_t *into, const char *name, json_t *value)
{
    json_t *history = json_object_get(into, name);

    if (!ocds_is_history(history)) {
        history = json_array();
        json_object_set_new_nocheck(into, name, history);
    }
    if (is_of(last_of(history), release))
        (void)json_array_remove(history, json_array_size(history) - 1);
    if (json_equal(json_object_get(last_of(history), "value"), value))
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
static json_t *member_for(const struct merge *merge, json_t *into, const char *name, json_t *value)
{
    json_t *present = json_object_get(into, name);

    if (present != NULL && json_typeof(present) == json_typeof(value)
        && (!json_is_array(present) || is_long_list(merge, present) || (are_all_objects(present) && !ocds_is_history(present))))
        return present;
    present = json_is_array(value) ? json_array() : json_object();
    json_object_set_new_nocheck(into, name, present);
    return present;
}

/* What came to nothing (all of it empty or null) is not there. */
static void drop_if_empty(json_t *into, const char *name)
{
    const json_t *member = json_object_get(into, name);

    if (json_object_size(member) == 0 && json_array_size(member) == 0)
        (void)json_object_del(into, name);
}

static void merge_member(struct merge *merge, json_t *into, const char *name, json_t *value)
{
    enum ocds_merge_rule rule = rule_of(merge);

    if (rule == OCDS_MERGE_OMITTED)
        return;
    if (json_is_object(value)) {
        if (json_object_size(value) == 0)
            return;
        merge_object(merge, member_for(merge, into, name, value), value);
        drop_if_empty(into, name);
    } else if (json_is_array(value) && rule != OCDS_MERGE_WHOLE_LIST && are_all_objects(value)) {
        if (json_array_size(value) == 0)
            return;
        merge_list(merge, rule, member_for(merge, into, name, value), value);
        drop_if_empty(into, name);
    } else
        set_value(merge, into, name, value);
}

static void merge_object(struct merge *merge, json_t *into, json_t *from)
{
    const char *name;
    json_t *value;

    json_object_foreach(from, name, value) {
        size_t before = descend(merge, name);
        merge_member(merge, into, name, value);
        ascend(merge, before);
    }
}

json_t *ocds_merge(json_t *const *releases, size_t count, const struct ocds_merge_field *fields)
{
    struct merge merge = {.fields = fields, .long_lists = json_object()};
    json_t *compiled = json_object();
    json_t *tag = json_array();
    const char *date = "";

    for (size_t i = 0; i < count; i++) {
        const char *given = json_string_value(json_object_get(releases[i], "date"));
        date = given == NULL ? date : given;
        merge_object(&merge, compiled, releases[i]);
    }
    json_decref(merge.long_lists);
    const char *ocid = json_string_value(json_object_get(compiled, "ocid"));
    json_array_append_new(tag, json_string("compiled"));
    json_object_set_new(compiled, "tag", tag);
    json_object_set_new(compiled, "date", json_string(date));
    json_object_set_new(compiled, "id", json_sprintf("%s-%s", ocid == NULL ? "" : ocid, date));
    return compiled;
}

json_t *ocds_merge_versions(json_t *const *releases, size_t count, const struct ocds_merge_field *fields)
{
    struct merge merge = {.fields = fields, .long_lists = json_object()};
    json_t *versioned = json_object();

    for (size_t i = 0; i < count; i++) {
        json_t *ocid = json_object_get(releases[i], "ocid");
        merge.release = releases[i];
        merge_object(&merge, versioned, releases[i]);
        if (ocid != NULL)
            json_object_set_nocheck(versioned, "ocid", ocid);
    }
    json_decref(merge.long_lists);
    return versioned;
}

/* ----------------------------------------------------------------------- comparing */

static bool members_say_same(const json_t *a, const json_t *b)
{
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)a, name, member)
        if (!ocds_says_same(member, json_object_get(b, name)))
            return false;
    return json_object_size(a) == json_object_size(b);
}

static bool elements_say_same(const json_t *a, const json_t *b)
{
    json_t *positions = positions_of(b), *element;
    bool is_same = json_array_size(a) == json_array_size(b);
    char text[ID_TEXT_SIZE];
    size_t i;

    json_array_foreach(a, i, element) {
        const char *id = id_of(element, text);
        json_t *position = id == NULL ? NULL : json_object_get(positions, id);
        size_t other = position == NULL ? i : (size_t)json_integer_value(position);
        if (!is_same || !ocds_says_same(element, json_array_get(b, other))) {
            is_same = false;
            break;
        }
    }
    json_decref(positions);
    return is_same;
}

bool ocds_says_same(const json_t *a, const json_t *b)
{
    if (json_is_object(a) && json_is_object(b))
        return members_say_same(a, b);
    if (json_is_array(a) && json_is_array(b))
        return elements_say_same(a, b);
    char own[ID_TEXT_SIZE], others[ID_TEXT_SIZE];
    const char *text = id_text(a, own), *other = id_text(b, others);
    return a == b || json_equal(a, b) || (text != NULL && other != NULL && strcmp(text, other) == 0);
}
