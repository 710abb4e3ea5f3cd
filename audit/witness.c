#include "audit/witness.h"

#include "audit/lines_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void witness_request_format(const struct witness_request *request, struct buffer *body)
{
    assert(request->proof.count <= WITNESS_PROOF_MAX);
    buffer_append_format(body, "old %" PRIu64 "\n", request->old_size);
    for (size_t i = 0; i < request->proof.count; i++)
        lines_append_hash(body, &request->proof.hash[i]);
    buffer_append_text(body, "\n");
    buffer_append(body, request->note.data, request->note.size);
}

enum zcd_code witness_request_parse(struct bytes body, struct witness_request *request, struct zcd_error *err)
{
    struct witness_request read = {.proof.count = 0};
    struct bytes line;

    if (!lines_take_prefix(&body, "old ") || !lines_take(&body, &line) || !lines_parse_decimal(line, &read.old_size))
        return zcd_fail(err, ZCD_INVALID, "the request does not begin with \"old\" and a size");
    for (;;) {
        if (!lines_take(&body, &line))
            return zcd_fail(err, ZCD_INVALID, "the request has no empty line behind its hashes");
        if (line.size == 0)
            break;
        if (read.proof.count == WITNESS_PROOF_MAX || !lines_parse_hash(line, &read.proof.hash[read.proof.count]))
            return zcd_fail(err, ZCD_INVALID, "hash %zu is one too many or not 32 bytes in base64",
                            read.proof.count + 1);
        read.proof.count++;
    }
    read.note = body;
    *request = read;
    return ZCD_OK;
}

static const struct note_vkey *find_origin(const struct checkpoint *checkpoint, const struct note_vkey *vkeys,
                                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(vkeys[i].name, checkpoint->origin) == 0)
            return &vkeys[i];
    }
    return NULL;
}

enum witness_status witness_identify(const struct witness_request *request, const struct note_vkey *vkeys, size_t count,
                                     struct checkpoint *checkpoint, size_t *which, struct zcd_error *err)
{
    struct note note;
    struct checkpoint read;

    if (note_parse(request->note, &note, err) != ZCD_OK || checkpoint_parse(note.text, &read, err) != ZCD_OK)
        return WITNESS_MALFORMED;
    const struct note_vkey *vkey = find_origin(&read, vkeys, count);
    if (vkey == NULL) {
        (void)zcd_fail(err, ZCD_NOT_FOUND, "no log of this origin is watched here");
        return WITNESS_UNKNOWN_LOG;
    }
    if (note_verify(&note, vkey, 1, err) != ZCD_OK)
        return WITNESS_NOT_TRUSTED;
    *checkpoint = read;
    *which = (size_t)(vkey - vkeys);
    return WITNESS_GOOD;
}

enum witness_status witness_judge(const struct witness_request *request, const struct checkpoint *checkpoint,
                                  const struct checkpoint *last, struct zcd_error *err)
{
    if (request->old_size > checkpoint->size) {
        (void)zcd_fail(err, ZCD_INVALID, "old is above the checkpoint's size");
        return WITNESS_MALFORMED;
    }
    if (request->old_size != last->size) {
        (void)zcd_fail(err, ZCD_CONFLICT, "%" PRIu64 " records were cosigned last", last->size);
        return WITNESS_OUT_OF_STEP;
    }
    if (merkle_verify_consistency(last->size, &last->root, checkpoint->size, &checkpoint->root, &request->proof, err)
        != ZCD_OK)
        return WITNESS_INCONSISTENT;
    return WITNESS_GOOD;
}
