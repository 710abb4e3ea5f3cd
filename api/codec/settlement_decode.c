#include "api/codec/settlement_decode.h"

#include "api/codec/decode.h"

#define FEN_MAX (DECODE_INTEGER_MAX - 1)

static const struct decode_field PART_FIELDS[] = {
    DECODE_TEXT(struct settlement_part, contract, REQUIRED),
    DECODE_TEXT(struct settlement_part, milestone, OPTIONAL),
    DECODE_INT64(struct settlement_part, amount_fen, REQUIRED, 1, FEN_MAX),
};
static const struct decode_object PART = DECODE_OBJECT_OF(struct settlement_part, PART_FIELDS);

static const struct decode_field SETTLEMENT_FIELDS[] = {
    DECODE_OBJECTS(struct settlement_request, parts, part_count, REQUIRED, PART),
    DECODE_INT64_OR(struct settlement_request, not_contract_fen, 0, 0, FEN_MAX),
    DECODE_TEXT(struct settlement_request, alias_of, OPTIONAL),
    DECODE_TEXT(struct settlement_request, note, OPTIONAL),
};
static const struct decode_object SETTLEMENT = DECODE_OBJECT_OF(struct settlement_request, SETTLEMENT_FIELDS);

static const struct decode_field ALIAS_FIELDS[] = {
    DECODE_TEXT(struct payer_alias_request, payer, REQUIRED),
    DECODE_TEXT(struct payer_alias_request, alias, REQUIRED),
};
static const struct decode_object ALIAS = DECODE_OBJECT_OF(struct payer_alias_request, ALIAS_FIELDS);

enum zcd_code settlement_request_decode(struct bytes json, struct arena *arena, struct settlement_request **request,
                                        struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode_document(json, &SETTLEMENT, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}

enum zcd_code payer_alias_request_decode(struct bytes json, struct arena *arena, struct payer_alias_request **request,
                                         struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode_document(json, &ALIAS, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}
