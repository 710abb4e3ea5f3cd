#include "audit/batch_statement.h"

#include "base/bytes.h"
#include "base/cleanup.h"

#include <inttypes.h>

enum { HASH_TEXT_SIZE = 45 };

static void append_tree(struct buffer *text, uint64_t size, const struct sha256 *root)
{
    char hash[HASH_TEXT_SIZE];

    base64_encode(root->bytes, SHA256_SIZE, hash);
    buffer_append_format(text, "%" PRIu64 " %s\n", size, hash);
}

static void format(const struct batch_statement *statement, const char *origin, struct buffer *text)
{
    char id[2 * BATCH_ID_SIZE + 1];

    hex_encode(statement->id, BATCH_ID_SIZE, id);
    buffer_append_format(text, BATCH_STATEMENT_PURPOSE "\n%s\n%s\n", origin, id);
    append_tree(text, statement->size_before, &statement->root_before);
    append_tree(text, statement->size_after, &statement->root_after);
}

enum zcd_code batch_statement_sign(const struct batch_statement *statement, const char *origin,
                                   const struct signature_key *key, struct signature *signature, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    format(statement, origin, &text);
    return signature_sign(key, buffer_bytes(&text), signature, err);
}

bool batch_statement_verify(const struct batch_statement *statement, const struct note_vkey *vkey,
                            const struct signature *signature)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    format(statement, vkey->name, &text);
    return signature_verify(&vkey->key, buffer_bytes(&text), signature);
}
