#include "api/codec/form_report.h"

#include <assert.h>
#include <string.h>

/* What decode_object says of one member by itself, in an object that holds nothing else. */
static enum zcd_code decode_alone(json_t *value, const struct decode_field *field, struct arena *arena,
                                  struct zcd_error *err)
{
    struct decode_field alone = *field;
    uint64_t target[8] = {0}; /* the value, and behind it the count where it is a list */
    const struct decode_object table = {.fields = &alone, .field_count = 1, .size = sizeof target};

    alone.offset = 0;
    alone.count_offset = sizeof target / 2;
    json_t *object = json_object();
    (void)json_object_set(object, field->name, value);
    enum zcd_code code = decode_object(object, &table, arena, target, err);
    json_decref(object);
    return code;
}

static void report_alone(json_t *value, const struct decode_field *field, struct policy_findings *findings)
{
    struct zcd_error err;

    if (decode_alone(value, field, findings->arena, &err) != ZCD_OK)
        policy_find(findings, POLICY_RULE_FORM, NULL, "%s", err.message);
}

/* Each element of a list of plain values, in a list of its own. */
static void report_elements(json_t *value, const struct decode_field *field, struct policy_findings *findings)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        size_t list = policy_findings_enter_row(findings, i);
        if (field->object != NULL) {
            form_report(json_array_get(value, i), field->object, findings);
        } else {
            json_t *alone = json_array();
            (void)json_array_append(alone, json_array_get(value, i));
            report_alone(alone, field, findings);
            json_decref(alone);
        }
        policy_findings_leave(findings, list);
    }
}

static void report_member(json_t *value, const struct decode_field *field, struct policy_findings *findings)
{
    if (json_is_null(value) && field->presence == DECODE_OPTIONAL)
        return;
    switch (field->type) {
    case DECODE_TYPE_OBJECT:
    case DECODE_TYPE_OBJECT_POINTER:
        form_report(value, field->object, findings);
        return;
    case DECODE_TYPE_OBJECTS:
    case DECODE_TYPE_INTEGERS:
    case DECODE_TYPE_CODES:
    case DECODE_TYPE_TEXTS:
        if (json_is_array(value))
            report_elements(value, field, findings);
        else
            policy_find(findings, POLICY_RULE_FORM, NULL, "is not an array");
        return;
    case DECODE_TYPE_INT64:
    case DECODE_TYPE_INT32:
    case DECODE_TYPE_BOOL:
    case DECODE_TYPE_TEXT:
    case DECODE_TYPE_DATE:
    case DECODE_TYPE_USCC:
    case DECODE_TYPE_REGION:
    case DECODE_TYPE_CODE:
    case DECODE_TYPE_IGNORED:
        report_alone(value, field, findings);
        return;
    }
}

static const struct decode_field *find_field(const struct decode_object *object, const char *name)
{
    for (size_t i = 0; i < object->field_count; i++) {
        if (strcmp(object->fields[i].name, name) == 0)
            return &object->fields[i];
    }
    return NULL;
}

void form_report(json_t *value, const struct decode_object *object, struct policy_findings *findings)
{
    const char *name;
    json_t *member;

    if (!json_is_object(value)) {
        policy_find(findings, POLICY_RULE_FORM, NULL, "is not an object");
        return;
    }
    json_object_foreach(value, name, member)
    {
        const struct decode_field *field = find_field(object, name);
        size_t outside = policy_findings_enter(findings, name);
        if (field != NULL)
            report_member(member, field, findings);
        else
            policy_find(findings, POLICY_RULE_UNKNOWN_MEMBER, NULL, POLICY_NO_FIGURES);
        policy_findings_leave(findings, outside);
    }
    for (size_t i = 0; i < object->field_count; i++) {
        const struct decode_field *field = &object->fields[i];
        if (field->presence == DECODE_REQUIRED && json_object_get(value, field->name) == NULL)
            policy_find(findings, POLICY_RULE_MISSING_MEMBER, field->name, POLICY_NO_FIGURES);
    }
}
