#include "contracts/import/ocds_versioned.h"

#include <string.h>

/* One entry {releaseID, releaseDate, releaseTag, value}, as the schema of versioned releases has it; nothing else has these two. */
static bool is_version(const json_t *entry)
{
    return json_object_get(entry, "releaseDate") != NULL && json_object_get(entry, "value") != NULL;
}

bool ocds_is_history(const json_t *value)
{
    size_t i;
    json_t *entry;

    json_array_foreach(value, i, entry)
        if (!is_version(entry))
            return false;
    return json_array_size(value) > 0;
}

static bool has_history(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    if (ocds_is_history(value))
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

/* Null, and what came to nothing. */
static bool is_nothing(const json_t *latest)
{
    return json_is_null(latest) || (json_is_object(latest) && json_object_size(latest) == 0);
}

static json_t *latest_of_members(const json_t *object, const char **date)
{
    json_t *made = json_object(), *value;
    const char *name;

    json_object_foreach((json_t *)object, name, value) {
        json_t *latest = latest_of(value, date);
        if (!is_nothing(latest))
            json_object_set_nocheck(made, name, latest);
        json_decref(latest);
    }
    return made;
}

/* Null when all of them came to nothing. */
static json_t *latest_of_elements(const json_t *list, const char **date)
{
    json_t *made = json_array(), *element;
    size_t i;

    json_array_foreach(list, i, element) {
        json_t *latest = latest_of(element, date);
        if (!is_nothing(latest))
            json_array_append(made, latest);
        json_decref(latest);
    }
    if (json_array_size(made) > 0 || json_array_size(list) == 0)
        return made;
    json_decref(made);
    return json_null();
}

static json_t *latest_of(const json_t *value, const char **date)
{
    if (ocds_is_history(value))
        return latest_version(value, date);
    if (json_is_object(value))
        return latest_of_members(value, date);
    return json_is_array(value) ? latest_of_elements(value, date) : json_deep_copy(value);
}

json_t *ocds_versioned_latest(const json_t *versioned)
{
    const char *date = "";
    json_t *compiled = latest_of_members(versioned, &date);

    json_object_set_new(compiled, "tag", json_pack("[s]", "compiled"));
    json_object_set_new(compiled, "date", json_string(date));
    return compiled;
}
