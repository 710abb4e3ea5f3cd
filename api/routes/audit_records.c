#include "api/routes/audit_records.h"

#include "api/app.h"
#include "api/codec/assessment_encode.h"
#include "api/flows/disclosure.h"
#include "api/flows/witnessing.h"
#include "api/routes/access.h"
#include "api/routes/answer.h"
#include "api/routes/log_index.h"
#include "api/routes/shown.h"
#include "audit/bundle.h"
#include "audit/record.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FILE_NAME_SIZE = 64 };

static enum zcd_code read_record(struct app_worker *worker, const struct caller *caller, const char *index_text,
                                 struct db **db, struct log_record *record, struct zcd_error *err)
{
    uint64_t index = 0;

    enum zcd_code code = log_index_parse(index_text, &index, err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, db, err);
    if (code == ZCD_OK)
        code = log_read_record(worker->app->log, *db, index, record, err);
    return code != ZCD_OK ? code : access_check_record(caller, buffer_bytes(&record->leaf), err);
}

/* The response is made; put the reading on record and send it. form: flows/disclosure.h */
static void show(struct app_worker *worker, struct db *db, const struct log_record *record, const char *form,
                 struct http_exchange *exchange)
{
    struct disclosed *disclosed = ARENA_NEW(&exchange->arena, struct disclosed, 1);
    struct zcd_error err;

    if (disclosed_read(buffer_bytes(&record->leaf), record->proof.index, disclosed, &err) != ZCD_OK)
        answer_error(exchange, &err);
    else
        shown_send(exchange, worker, db, form, disclosed, 1);
}

void audit_records_show(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    struct zcd_error err;
    struct db *db;

    if (read_record(context, exchange->caller, exchange->request.parameters[0], &db, &record, &err) != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    assessment_encode_record(buffer_bytes(&record.leaf), &record.proof, &exchange->response.body);
    exchange->response.content_type = "application/json";
    show(context, db, &record, "record", exchange);
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
    if (!record_kind_has_documents(said.kind))
        return zcd_fail(err, ZCD_NOT_FOUND, "this record rests on no documents: there is nothing to bundle with it");
    code = log_read_document(db, &said.dossier_sha256, NULL, &documents->dossier, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &said.policy_sha256, NULL, &documents->policy, err);
    if (code == ZCD_OK)
        code = log_read_document(db, &said.decision_sha256, NULL, &documents->decision, err);
    return code;
}

/*
 * For a bundle the checkpoint that others cosigned is worth more than the newest one, once the record is in it. Where it
 * cannot be used, the newest is as good as it ever was.
 *   token  out  of the published checkpoint; may stay empty
 */
static enum zcd_code read_record_for_bundle(struct app_worker *worker, const char *index_text, struct db **db,
                                            struct log_record *record, struct buffer *token, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer note = {0};
    struct log *log = worker->app->log;
    struct checkpoint published;
    struct zcd_error reason;
    uint64_t index = 0;

    enum zcd_code code = log_index_parse(index_text, &index, err);
    if (code == ZCD_OK)
        code = app_worker_db(worker, db, err);
    if (code != ZCD_OK)
        return code;
    if (witnessing_read(worker->app->config->checkpoint_store, log_vkey(log), &note, &published, token, &reason)
            == ZCD_OK
        && index < published.size)
        return log_read_record_in(log, *db, index, buffer_bytes(&note), &published, record, err);
    buffer_clear(token);
    return log_read_record(log, *db, index, record, err);
}

static enum zcd_code write_bundle(struct db *db, const struct log_record *record, struct bytes token,
                                  struct http_exchange *exchange, struct zcd_error *err)
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
    bundle.part[BUNDLE_TIMESTAMP] = token;
    return bundle_write(&bundle, &exchange->response.body, err);
}

static void name_bundle(struct http_exchange *exchange, uint64_t index)
{
    char *disposition = arena_alloc(&exchange->arena, FILE_NAME_SIZE + 32, 1);

    (void)snprintf(disposition, FILE_NAME_SIZE + 32, "attachment; filename=\"zcd-record-%" PRIu64 ".zip\"", index);
    http_response_add_header(&exchange->response, "Content-Disposition", disposition);
    exchange->response.content_type = "application/zip";
}

void audit_records_bundle(struct http_exchange *exchange, void *context)
{
    ZCD_AUTO(log_record_done)
    struct log_record record = {0};
    ZCD_AUTO(buffer_done)
    struct buffer token = {0};
    struct zcd_error err;
    struct db *db;

    enum zcd_code code =
        read_record_for_bundle(context, exchange->request.parameters[0], &db, &record, &token, &err);
    if (code == ZCD_OK)
        code = access_check_record(exchange->caller, buffer_bytes(&record.leaf), &err);
    if (code == ZCD_OK)
        code = write_bundle(db, &record, buffer_bytes(&token), exchange, &err);
    if (code != ZCD_OK) {
        answer_error(exchange, &err);
        return;
    }
    name_bundle(exchange, record.proof.index);
    show(context, db, &record, "bundle", exchange);
}
