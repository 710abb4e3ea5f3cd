#include "api/codec/problem.h"

#include "api/codec/texts.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct problem_kind {
    int status;
    const char *name;
    const char *zh;
    const char *en;
} KINDS[] = {
#define PROBLEM(status_, name_, zh_, en_) {status_, name_, zh_, en_},
#include "api/codec/problem_codes.def"
#undef PROBLEM
};

static const struct problem_kind *kind_of(int status)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (KINDS[i].status == status)
            return &KINDS[i];
    }
    assert(false); /* a status that problem_codes.def lacks */
    return NULL;
}

static void append_member(struct buffer *json, const char *name, const char *value)
{
    buffer_append_format(json, "\"%s\":", name);
    canonical_json_append_string(json, bytes_of_text(value));
}

/* The detail, which is at hand in English. */
static void append_detail(struct buffer *json, const char *detail, bool chinese)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    if (chinese)
        (void)texts_append_chinese(detail, &text);
    else
        buffer_append_text(&text, detail);
    buffer_append_text(json, "\"detail\":");
    canonical_json_append_string(json, buffer_bytes(&text));
}

static void append_error(struct buffer *json, const struct zcd_error *error, bool chinese)
{
    buffer_append_text(json, "{");
    append_member(json, "code", zcd_code_name(error->code));
    buffer_append_text(json, ",");
    append_detail(json, error->message, chinese);
    buffer_append_text(json, ",");
    append_member(json, "pointer", error->pointer);
    buffer_append_text(json, "}");
}

/* One phrase for all: the error's own where there is one, or else how many there are. */
static void append_summary(struct buffer *json, const struct problem *problem, bool chinese)
{
    const struct zcd_error *error = problem->error;
    char text[128];

    if (error == NULL || error->other_count + error->left_out_count == 0) {
        append_detail(json, problem->detail, chinese);
        return;
    }
    size_t listed = error->other_count + 1;
    if (error->left_out_count == 0)
        (void)snprintf(text, sizeof text, "%zu errors in the document", listed);
    else
        (void)snprintf(text, sizeof text, "%zu errors in the document; the first %zu are listed",
                       listed + error->left_out_count, listed);
    append_detail(json, text, chinese);
}

static void append_errors(struct buffer *json, const struct zcd_error *error, bool chinese)
{
    buffer_append_format(json, ",\"error_count\":%zu,\"errors\":[", error->other_count + 1 + error->left_out_count);
    append_error(json, error, chinese);
    for (size_t i = 0; i < error->other_count; i++) {
        buffer_append_text(json, ",");
        append_error(json, &error->others[i], chinese);
    }
    buffer_append_text(json, "]");
}

void problem_encode(const struct problem *problem, bool chinese, struct buffer *json)
{
    const struct problem_kind *kind = kind_of(problem->status);

    buffer_append_text(json, "{");
    append_member(json, "code", kind->name);
    buffer_append_text(json, ",");
    append_summary(json, problem, chinese);
    if (problem->error != NULL)
        append_errors(json, problem->error, chinese);
    buffer_append_format(json, ",\"status\":%d,", problem->status);
    append_member(json, "title", chinese ? kind->zh : kind->en);
    if (problem->trace_id != NULL) {
        buffer_append_text(json, ",");
        append_member(json, "trace_id", problem->trace_id);
    }
    buffer_append_format(json, ",\"type\":\"urn:zhengcaidai:problem:%s\"}", kind->name);
}

int problem_status(enum zcd_code code)
{
    switch (code) {
    case ZCD_OK:
        break;
    case ZCD_INVALID:
        return 422;
    case ZCD_NOT_FOUND:
        return 404;
    case ZCD_CONFLICT:
        return 409;
    case ZCD_UNAVAILABLE:
        return 503;
    case ZCD_CORRUPT:
        return 500;
    }
    assert(false); /* no error has this code */
    return 500;
}

/* The weight of one item of the list in thousandths: "en;q=0.8" is 800. */
static int weight_of(const char *item, size_t size)
{
    const char *q = memchr(item, ';', size);
    const char *end = item + size;
    int weight = 0;

    if (q == NULL)
        return 1000;
    for (q++; q < end && (*q == ' ' || *q == '\t'); q++)
        continue;
    if (end - q < 3 || (q[0] != 'q' && q[0] != 'Q') || q[1] != '=')
        return 1000;
    q += 2;
    weight = *q == '1' ? 1000 : 0;
    int place = 100;
    for (q += 2; q < end && *q >= '0' && *q <= '9' && weight < 1000; q++, place /= 10)
        weight += (*q - '0') * place;
    return weight;
}

bool problem_prefers_chinese(const char *accept_language)
{
    int zh = 0;
    int en = 0;

    if (accept_language == NULL)
        return true;
    for (const char *item = accept_language; *item != '\0';) {
        item += strspn(item, " \t,");
        size_t size = strcspn(item, ",");
        int weight = size == 0 ? 0 : weight_of(item, size);
        if (strncasecmp(item, "zh", 2) == 0 && weight > zh)
            zh = weight;
        else if (strncasecmp(item, "en", 2) == 0 && weight > en)
            en = weight;
        item += size;
    }
    return zh > en;
}
