#include "api/codec/assessment_encode.h"

#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <string.h>

#define PREFIX "as_"

const char *assessment_id_format(const struct uscc *uscc, const uint8_t nonce[ASSESSMENT_NONCE_SIZE],
                                 char text[ASSESSMENT_ID_SIZE])
{
    size_t size = strlen(PREFIX);

    memcpy(text, PREFIX, size);
    memcpy(text + size, uscc->text, USCC_LENGTH);
    text[size + USCC_LENGTH] = '_';
    hex_encode(nonce, ASSESSMENT_NONCE_SIZE, text + size + USCC_LENGTH + 1);
    return text;
}

enum zcd_code assessment_id_parse(const char *text, struct uscc *uscc, struct zcd_error *err)
{
    uint8_t nonce[ASSESSMENT_NONCE_SIZE];
    char organisation[USCC_LENGTH + 1] = "";
    const char *rest = text + strlen(PREFIX);

    if (strlen(text) == ASSESSMENT_ID_SIZE - 1 && strncmp(text, PREFIX, strlen(PREFIX)) == 0
        && rest[USCC_LENGTH] == '_') {
        memcpy(organisation, rest, USCC_LENGTH);
        const char *digits = rest + USCC_LENGTH + 1;
        if (hex_decode(digits, strlen(digits), nonce, sizeof nonce, err) == ZCD_OK
            && uscc_parse(organisation, uscc, err) == ZCD_OK)
            return ZCD_OK;
    }
    return zcd_fail(err, ZCD_NOT_FOUND, "there is no assessment of this id");
}

static void append_leaf_and_proof(struct bytes leaf, const struct proof *proof, struct buffer *json)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    buffer_append_text(json, "\"leaf\":");
    canonical_json_append_string(json, leaf);
    buffer_append_text(json, ",\"log_index\":");
    canonical_json_append_integer(json, (int64_t)proof->index);
    buffer_append_text(json, ",\"proof\":");
    proof_format(proof, &text);
    canonical_json_append_string(json, buffer_bytes(&text));
    buffer_append_text(json, "}");
}

void assessment_encode_begin(const char *id, struct bytes decision, struct buffer *json)
{
    buffer_append_text(json, "{\"decision\":");
    buffer_append(json, decision.data, decision.size);
    buffer_append_text(json, ",\"id\":");
    canonical_json_append_string(json, bytes_of_text(id));
}

void assessment_encode_end(struct bytes leaf, const struct proof *proof, struct buffer *json)
{
    buffer_append_text(json, ",");
    append_leaf_and_proof(leaf, proof, json);
}

void assessment_encode_record(struct bytes leaf, const struct proof *proof, struct buffer *json)
{
    buffer_append_text(json, "{");
    append_leaf_and_proof(leaf, proof, json);
}
