#include "api/flows/replay.h"

#include "api/codec/json_diff.h"
#include "api/flows/decide.h"
#include "api/flows/policy.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#define ENGINE_POINTER "/engine" /* where a decision names the engine that made it */

const char *replay_status_name(enum replay_status status)
{
    switch (status) {
    case REPLAY_EQUAL:
        return "equal";
    case REPLAY_DIFFERENT:
        return "different";
    case REPLAY_ANOTHER_ENGINE:
        return "another_engine";
    case REPLAY_NO_DOCUMENTS:
        return "no_documents";
    case REPLAY_NO_DECISION:
        return "no_decision";
    }
    return "";
}

struct documents {
    struct buffer dossier, policy, decision;
};

static void documents_done(struct documents *documents)
{
    buffer_done(&documents->dossier);
    buffer_done(&documents->policy);
    buffer_done(&documents->decision);
}

static enum zcd_code read_documents(struct db *db, const struct record *record, struct documents *documents,
                                    struct zcd_error *err)
{
    enum zcd_code code = log_read_document(db, &record->dossier_sha256, NULL, &documents->dossier, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &record->policy_sha256, NULL, &documents->policy, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &record->decision_sha256, NULL, &documents->decision, err);
    return code;
}

static enum zcd_code compare(struct bytes recorded, struct bytes replayed, struct arena *arena, struct replay *replay,
                             struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};
    enum zcd_code code = json_diff(recorded, replayed, ENGINE_POINTER, &json, &replay->difference_count, err);

    if (code != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "the recorded decision is not a document");
    replay->differences = (struct bytes){(uint8_t *)arena_copy_bytes(arena, json.data, json.size), json.size};
    return ZCD_OK;
}

static enum zcd_code decide_again(const struct record *record, const struct documents *documents,
                                  struct cashflow_workspace *workspace, struct arena *arena, struct decided *decided,
                                  struct zcd_error *err)
{
    ZCD_AUTO(loaded_policy_done)
    struct loaded_policy policy = {.policy = NULL};
    enum zcd_code code = loaded_policy_read(buffer_bytes(&documents->policy), &policy, err);

    if (code == ZCD_OK)
        code = decide(buffer_bytes(&documents->dossier), &policy, record->as_of, workspace, arena, decided, err);
    return code;
}

static bool is_this_engine(const struct record *record)
{
    struct sha256 ours = decide_engine_sha256();
    return sha256_equal(&record->engine.source_sha256, &ours);
}

static enum zcd_code replay_documents(const struct record *record, const struct documents *documents,
                                      struct cashflow_workspace *workspace, struct arena *arena, struct replay *replay,
                                      struct zcd_error *err)
{
    struct decided decided;
    struct zcd_error reason;

    replay->status = is_this_engine(record) ? REPLAY_DIFFERENT : REPLAY_ANOTHER_ENGINE;
    if (decide_again(record, documents, workspace, arena, &decided, &reason) != ZCD_OK) {
        if (replay->status == REPLAY_ANOTHER_ENGINE) /* whose documents this version need not understand */
            return ZCD_OK;
        return zcd_fail(err, ZCD_CORRUPT, "record %llu: its documents are refused by the engine that decided: %.120s",
                        (unsigned long long)replay->index, reason.message);
    }
    if (sha256_equal(&decided.decision_sha256, &record->decision_sha256))
        replay->status = REPLAY_EQUAL;
    return compare(buffer_bytes(&documents->decision), decided.document, arena, replay, err);
}

enum zcd_code replay_record(struct log *log, struct db *db, uint64_t index, struct cashflow_workspace *workspace,
                            struct arena *arena, struct replay *replay, struct zcd_error *err)
{
    ZCD_AUTO(log_record_done)
    struct log_record read = {0};
    ZCD_AUTO(documents_done)
    struct documents documents = {0};
    struct record record;
    struct zcd_error reason;
    uint64_t sequence;
    int64_t at_us;

    enum zcd_code code = log_read_record(log, db, index, &read, err);
    struct disclosed disclosed;
    if (code == ZCD_OK)
        code = disclosed_read(buffer_bytes(&read.leaf), index, &disclosed, err);
    if (code != ZCD_OK)
        return code;
    if (record_parse(buffer_bytes(&read.leaf), arena, &record, &at_us, &sequence, &reason) != ZCD_OK)
        return zcd_fail(err, ZCD_CORRUPT, "leaf %llu is no record that this version can read",
                        (unsigned long long)index);
    *replay = (struct replay){.index = index, .disclosed = disclosed, .status = REPLAY_NO_DECISION};
    if (!record_kind_has_documents(record.kind))
        return ZCD_OK;
    replay->engine_version = record.engine.version;
    replay->engine_source_sha256 = record.engine.source_sha256;
    replay->policy_sha256 = record.policy_sha256;
    code = read_documents(db, &record, &documents, err);
    if (code == ZCD_NOT_FOUND) {
        replay->status = REPLAY_NO_DOCUMENTS;
        return ZCD_OK;
    }
    return code == ZCD_OK ? replay_documents(&record, &documents, workspace, arena, replay, err) : code;
}

static void encode_engine(const char *version, const struct sha256 *digest, struct buffer *json)
{
    char text[SHA256_TEXT_SIZE];

    buffer_append_format(json, "{\"source_sha256\":\"%s\",\"version\":", sha256_format(digest, text));
    canonical_json_append_string(json, bytes_of_text(version));
    buffer_append_text(json, "}");
}

void replay_encode(const struct replay *replay, struct buffer *json)
{
    const struct sha256 ours = decide_engine_sha256();
    char text[SHA256_TEXT_SIZE];

    buffer_append_format(json, "{\"difference_count\":%zu,\"differences\":", replay->difference_count);
    if (replay->differences.size > 0)
        buffer_append(json, replay->differences.data, replay->differences.size);
    else
        buffer_append_text(json, "[]");
    buffer_append_text(json, ",\"engine\":");
    if (replay->engine_version != NULL)
        encode_engine(replay->engine_version, &replay->engine_source_sha256, json);
    else
        buffer_append_text(json, "null");
    buffer_append_format(json, ",\"log_index\":%llu,\"policy_sha256\":", (unsigned long long)replay->index);
    if (replay->engine_version != NULL)
        buffer_append_format(json, "\"%s\"", sha256_format(&replay->policy_sha256, text));
    else
        buffer_append_text(json, "null");
    buffer_append_format(json, ",\"status\":\"%s\",\"this_engine\":", replay_status_name(replay->status));
    encode_engine(decide_engine_version(), &ours, json);
    buffer_append_text(json, "}");
}
