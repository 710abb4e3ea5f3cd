#include "audit/proof.h"

#include "audit/lines_internal.h"

#include <assert.h>
#include <inttypes.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

enum { EXTRA_SIZE_MAX = 4096, EXTRA_BASE64_MAX = (EXTRA_SIZE_MAX + 2) / 3 * 4 };

void proof_format(const struct proof *proof, struct buffer *text)
{
    assert(proof->inclusion.count <= PROOF_HASHES_MAX);

    buffer_append_format(text, FIRST_LINE "\nindex %" PRIu64 "\n", proof->index);
    for (size_t i = 0; i < proof->inclusion.count; i++)
        lines_append_hash(text, &proof->inclusion.hash[i]);
    buffer_append_text(text, "\n");
    buffer_append(text, proof->checkpoint.data, proof->checkpoint.size);
}

/* Take one line and see that it is exactly this. */
static bool take_exactly(struct bytes *text, const char *expected)
{
    struct bytes line;

    return lines_take(text, &line) && bytes_equal(line, bytes_of_text(expected));
}

/* Somebody's hint, which nothing vouches for: its form is checked, its content dropped. True also without one. */
static bool skip_extra(struct bytes *text)
{
    uint8_t extra[EXTRA_SIZE_MAX];
    size_t size;
    struct bytes rest = *text;
    struct bytes line;
    struct zcd_error ignored;

    if (!lines_take_prefix(&rest, "extra "))
        return true;
    if (!lines_take(&rest, &line) || line.size > EXTRA_BASE64_MAX
        || base64_decode((const char *)line.data, line.size, extra, sizeof extra, &size, &ignored) != ZCD_OK)
        return false;
    *text = rest;
    return true;
}

static bool take_index(struct bytes *text, uint64_t *index)
{
    struct bytes line;

    return lines_take_prefix(text, "index ") && lines_take(text, &line) && lines_parse_decimal(line, index);
}

/* Hashes up to the empty line. */
static enum zcd_code take_hashes(struct bytes *text, struct merkle_proof *inclusion, struct zcd_error *err)
{
    struct bytes line;

    inclusion->count = 0;
    for (;;) {
        if (!lines_take(text, &line))
            return zcd_fail(err, ZCD_INVALID, "proof has no empty line after its hashes");
        if (line.size == 0)
            return ZCD_OK;
        if (inclusion->count == PROOF_HASHES_MAX)
            return zcd_fail(err, ZCD_INVALID, "proof has more than %d hashes", PROOF_HASHES_MAX);
        if (!lines_parse_hash(line, &inclusion->hash[inclusion->count]))
            return zcd_fail(err, ZCD_INVALID, "proof's hash %zu is not 32 bytes in base64", inclusion->count + 1);
        inclusion->count++;
    }
}

enum zcd_code proof_parse(struct bytes text, struct proof *proof, struct zcd_error *err)
{
    struct proof parsed;

    if (text.size > PROOF_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "proof is larger than %d bytes", PROOF_SIZE_MAX);
    if (!take_exactly(&text, FIRST_LINE))
        return zcd_fail(err, ZCD_INVALID, "proof does not begin with " FIRST_LINE);
    if (!skip_extra(&text))
        return zcd_fail(err, ZCD_INVALID, "proof's extra line is malformed");
    if (!take_index(&text, &parsed.index))
        return zcd_fail(err, ZCD_INVALID, "proof's index line is malformed");
    enum zcd_code code = take_hashes(&text, &parsed.inclusion, err);
    if (code != ZCD_OK)
        return code;
    parsed.checkpoint = text;
    *proof = parsed;
    return ZCD_OK;
}

enum zcd_code proof_verify(const struct proof *proof, struct bytes leaf, const struct note_vkey *vkey,
                           struct checkpoint *checkpoint, struct zcd_error *err)
{
    struct checkpoint signed_checkpoint;
    struct sha256 leaf_hash = merkle_leaf_hash(leaf);

    enum zcd_code code = checkpoint_verify(proof->checkpoint, vkey, &signed_checkpoint, err);
    if (code == ZCD_OK)
        code = merkle_verify_inclusion(proof->index, signed_checkpoint.size, &leaf_hash, &proof->inclusion,
                                       &signed_checkpoint.root, err);
    if (code == ZCD_OK)
        *checkpoint = signed_checkpoint;
    return code;
}
