#include "api/codec/policy_review_encode.h"

#include "api/codec/json_writer.h"
#include "base/date.h"

static void write_texts(struct json_writer *writer, const char *name, const char *zh, const char *en)
{
    json_write_object(writer, name);
    json_write_text(writer, "en", en);
    json_write_text(writer, "zh", zh);
    json_write_end(writer);
}

static void write_finding(struct json_writer *writer, const struct policy_finding *finding)
{
    bool is_error = policy_rule_severity(finding->rule) == POLICY_SEVERITY_ERROR;

    json_write_object(writer, NULL);
    json_write_text(writer, "figures", finding->figures);
    json_write_text(writer, "pointer", finding->pointer);
    json_write_text(writer, "rule", policy_rule_name(finding->rule));
    json_write_text(writer, "severity", is_error ? "error" : "warning");
    write_texts(writer, "text", policy_rule_text_zh(finding->rule), policy_rule_text_en(finding->rule));
    json_write_end(writer);
}

static void write_date(struct json_writer *writer, const char *name, struct date date)
{
    char text[DATE_TEXT_SIZE];

    if (date_is_none(date))
        json_write_null(writer, name);
    else
        json_write_text(writer, name, date_format(date, text));
}

static void write_policy(struct json_writer *writer, const struct policy *policy)
{
    json_write_object(writer, "policy");
    write_date(writer, "effective_from", policy->effective_from);
    write_date(writer, "effective_to", policy->effective_to);
    json_write_text(writer, "id", policy->id);
    write_texts(writer, "title", policy->title.zh, policy->title.en);
    json_write_text(writer, "version", policy->version);
    json_write_end(writer);
}

enum zcd_code policy_review_encode(const struct policy *policy, const char *sha256,
                                   const struct policy_findings *findings, const struct policy_trial *trial,
                                   struct buffer *json, struct zcd_error *err)
{
    struct json_writer writer;
    size_t found = findings->count + findings->left_out;

    json_writer_init(&writer, json);
    json_write_object(&writer, NULL);
    json_write_boolean(&writer, "accepted", policy != NULL);
    json_write_integer(&writer, "edges_tried", (int64_t)trial->edge_count);
    json_write_integer(&writer, "errors", (int64_t)findings->error_count);
    json_write_array(&writer, "findings");
    for (size_t i = 0; i < findings->count; i++)
        write_finding(&writer, &findings->rows[i]);
    json_write_end(&writer);
    json_write_integer(&writer, "left_out", (int64_t)findings->left_out);
    if (policy != NULL)
        write_policy(&writer, policy);
    else
        json_write_null(&writer, "policy");
    json_write_text(&writer, "schema", POLICY_REVIEW_SCHEMA);
    if (sha256 != NULL)
        json_write_text(&writer, "sha256", sha256);
    else
        json_write_null(&writer, "sha256");
    json_write_integer(&writer, "vectors_tried", (int64_t)trial->vector_count);
    json_write_integer(&writer, "warnings", (int64_t)(found - findings->error_count));
    json_write_end(&writer);
    return json_writer_finish(&writer, err);
}
