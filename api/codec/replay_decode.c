#include "api/codec/replay_decode.h"

#include "api/codec/decode.h"

enum { NOT_GIVEN = -1 };

static const struct decode_field FIELDS[] = {
    DECODE_INT64(struct replay_request, from, REQUIRED, 0, DECODE_INTEGER_MAX),
    DECODE_INT64_OR(struct replay_request, to, NOT_GIVEN, 0, DECODE_INTEGER_MAX),
};
static const struct decode_object REQUEST = DECODE_OBJECT_OF(struct replay_request, FIELDS);

/* context: how many records there are */
static void check(const void *target, const void *context, const struct error_place *place)
{
    const struct replay_request *request = target;
    const uint64_t *size = context;
    int64_t to = request->to == NOT_GIVEN ? (int64_t)*size : request->to;

    if ((to < request->from && error_place_is_sound(place, "from")) || (uint64_t)to > *size)
        error_add(place, "to", "not behind from, or more than the %llu records that there are", (unsigned long long)*size);
}

enum zcd_code replay_request_decode(struct bytes json, uint64_t size, struct arena *arena, struct replay_request **request,
                                    struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode_checked(json, &REQUEST, check, &size, arena, &read, err);

    if (code != ZCD_OK)
        return code;
    *request = read;
    if ((*request)->to == NOT_GIVEN)
        (*request)->to = (int64_t)size;
    return ZCD_OK;
}
