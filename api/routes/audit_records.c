#include "api/routes/audit_records.h"

#include "api/app.h"
#include "api/codec/assessment_encode.h"
#include "api/routes/answer.h"
#include "api/routes/log_index.h"
#include "audit/bundle.h"
#include "audit/record.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_NAME_SIZE = 64 };

static enum zcd_code read_record(struct app_worker *worker, const char *index_text, struct db **db,
                                 struct log_record *record, struct zcd_error *err)
{
    uint64_t index = 0;

    enum zcd_code code = log_index_parse(index_text, &index, err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, db, err);
    return code != ZCD_OK ? code : log_read_record(worker->app->log, *db, index, record, err);
}

void audit_records_show(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    struct zcd_error err;
    struct db *db;

    if (read_record(context, exchange->request.parameters[0], &db, &record, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    assessment_encode_record(buffer_bytes(&record.leaf), &record.proof, &exchange->response.body);
    answer_json(exchange, 200);
}

/* The three documents that the leaf names. */
struct documents {
    struct buffer dossier, policy, decision;
};

static void documents_done(struct documents *documents)
{
    buffer_done(&documents->dossier);
    buffer_done(&documents->policy);
    buffer_done(&documents->decision);
}

static enum zcd_code read_documents(struct db *db, const struct log_record *record, struct arena *arena,
                                    struct documents *documents, struct zcd_error *err)
{
    struct record said;
    int64_t at_us;
    uint64_t sequence;

    enum zcd_code code = record_parse(buffer_bytes(&record->leaf), arena, &said, &at_us, &sequence, err);
    if (code != ZCD_OK) /* the leaf is as it was signed, so it is not the client who is wrong */
        return zcd_fail(err, ZCD_CORRUPT, "the leaf is no record that this version can read");
    code = log_read_document(db, &said.dossier_sha256, NULL, &documents->dossier, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &said.policy_sha256, NULL, &documents->policy, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &said.decision_sha256, NULL, &documents->decision, err);
    return code;
}

static enum zcd_code write_bundle(struct db *db, const struct log_record *record, struct http_exchange *exchange,
                                  struct zcd_error *err)
{
    ZCD_AUTO(documents_done)
    struct documents documents = {0};
    ZCD_AUTO(buffer_done)
    struct buffer proof = {0};
    struct bundle bundle = {0};

    enum zcd_code code = read_documents(db, record, &exchange->arena, &documents, err);
    if (code != ZCD_OK)
        return code;
    proof_format(&record->proof, &proof);
    bundle.part[BUNDLE_LEAF] = buffer_bytes(&record->leaf);
    bundle.part[BUNDLE_DOSSIER] = buffer_bytes(&documents.dossier);
    bundle.part[BUNDLE_POLICY] = buffer_bytes(&documents.policy);
    bundle.part[BUNDLE_DECISION] = buffer_bytes(&documents.decision);
    bundle.part[BUNDLE_PROOF] = buffer_bytes(&proof);
    return bundle_write(&bundle, &exchange->response.body, err);
}

static void answer_bundle(struct http_exchange *exchange, uint64_t index)
{
    char *disposition = arena_alloc(&exchange->arena, FILE_NAME_SIZE + 32, 1);

    (void)snprintf(disposition, FILE_NAME_SIZE + 32, "attachment; filename=\"zcd-record-%" PRIu64 ".zip\"", index);
    http_response_add_header(&exchange->response, "Content-Disposition", disposition);
    exchange->response.status = 200;
    exchange->response.content_type = "application/zip";
    http_exchange_finish(exchange);
}

void audit_records_bundle(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    struct zcd_error err;
    struct db *db;

    enum zcd_code code = read_record(context, exchange->request.parameters[0], &db, &record, &err);
    if (code == ZCD_OK)
        code = write_bundle(db, &record, exchange, &err);
    if (code != ZCD_OK)
        answer_error(exchange, &err);
    else
        answer_bundle(exchange, record.proof.index);
}
