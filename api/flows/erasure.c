#include "api/flows/erasure.h"

#include "api/flows/submit.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"
#include "contracts/personal_value_store.h"

#include <inttypes.h>
#include <string.h>

enum { COMMITMENTS_MAX = 64 };

enum zcd_code erasure_record_export(struct log *log, uint64_t from, const char *reason, uint64_t *index,
                                    struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct commitment commitment;
    struct log_entry entry = {.commitments = &commitment, .commitment_count = reason != NULL};
    struct log_counts counts;
    char digest[SHA256_TEXT_SIZE];

    log_count(log, &counts);
    buffer_append_format(&body, "{\"from\":%" PRIu64 ",\"size\":%" PRIu64 ",\"text\":", from, counts.signed_size);
    if (reason != NULL) {
        commitment = commitment_new(bytes_of_text(reason));
        buffer_append_format(&body, "\"%s\"}", sha256_format(&commitment.digest, digest));
    } else {
        buffer_append_text(&body, "null}");
    }
    submit_prepare(&entry.record, RECORD_EXPORT, "zcd", "operator");
    entry.record.body = buffer_bytes(&body);
    return submit_and_wait(log, &entry, index, err);
}

/* Whose value it is, and which record bears the commitment. */
static enum zcd_code find(struct db *db, const struct sha256 *commitment, struct arena *arena,
                          struct personal_value_row *row, struct record *record, struct zcd_error *err)
{
    enum zcd_code code = personal_value_store_find(db, commitment->bytes, arena, row, err);

    if (code == ZCD_OK && row->uscc[0] != '\0')
        code = uscc_parse(row->uscc, &record->subject.uscc, err);
    return code;
}

enum zcd_code erasure_record(struct log *log, struct db *db, const struct sha256 *commitment, const char *basis,
                             uint64_t *index, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    ZCD_AUTO(buffer_done)
    struct buffer body = {0};
    struct log_entry entry = {.document_count = 0};
    struct personal_value_row row = {.log_index = 0};
    char digest[SHA256_TEXT_SIZE];

    submit_prepare(&entry.record, RECORD_ERASURE, "zcd", "operator");
    enum zcd_code code = find(db, commitment, &arena, &row, &entry.record, err);
    if (code != ZCD_OK)
        return code;
    buffer_append_text(&body, "{\"basis\":");
    canonical_json_append_string(&body, bytes_of_text(basis));
    buffer_append_format(&body, ",\"commitments\":[\"%s\"]}", sha256_format(commitment, digest));
    entry.record.body = buffer_bytes(&body);
    entry.record.prior = &row.log_index;
    entry.record.prior_count = 1;
    return submit_and_wait(log, &entry, index, err);
}

enum zcd_code erasure_erase_rows(struct db *db, const struct record *record, struct zcd_error *err)
{
    ZCD_AUTO(canonical_json_free)
    struct json_t *body = NULL;
    const char *texts[COMMITMENTS_MAX];
    struct sha256 commitment;
    size_t count = 0;

    enum zcd_code code = canonical_json_decode(record->body, &body, err);
    if (code == ZCD_OK)
        code = canonical_json_read_texts(body, "commitments", texts, COMMITMENTS_MAX, &count, err);
    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        code = hex_decode(texts[i], strlen(texts[i]), commitment.bytes, sizeof commitment.bytes, err);
        if (code == ZCD_OK)
            code = personal_value_store_erase(db, record->subject.uscc.text, commitment.bytes, err);
    }
    return code;
}
