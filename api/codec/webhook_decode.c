#include "api/codec/webhook_decode.h"

#include "api/codec/decode.h"
#include "api/events/event.h"
#include "api/events/webhook_store.h"

#include <string.h>

static const struct decode_field FIELDS[] = {
    DECODE_TEXTS(struct webhook_request, types, type_count, REQUIRED),
    DECODE_TEXT(struct webhook_request, url, REQUIRED),
};
static const struct decode_object REQUEST = DECODE_OBJECT_OF(struct webhook_request, FIELDS);

/* http or https, a host, no user, no fragment; what else libcurl may not like is a failed delivery. */
static void check_url(const char *url, const struct error_place *place)
{
    const char *host = strncmp(url, "https://", 8) == 0 ? url + 8 : strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;

    if (host == NULL) {
        error_add(place, "url", "does not begin with https:// (or http://, for addresses that the operator allows)");
        return;
    }
    if (strlen(url) > WEBHOOK_URL_SIZE_MAX) {
        error_add(place, "url", "longer than %d characters", WEBHOOK_URL_SIZE_MAX);
        return;
    }
    for (const char *c = url; *c != '\0'; c++) {
        if (*c <= 0x20 || *c >= 0x7f || strchr("\"<>\\^`{|}#", *c) != NULL) {
            error_add(place, "url", "character %d cannot stand in it", (int)(c - url) + 1);
            return;
        }
    }
    size_t size = strcspn(host, "/?");
    if (size == 0 || memchr(host, '@', size) != NULL)
        error_add(place, "url", "has no host, or a user");
}

static void check_types(const struct webhook_request *request, const struct error_place *place)
{
    if (request->type_count == 0)
        error_add(place, "types", "names no event");
    if (request->type_count > WEBHOOK_TYPES_MAX) {
        error_add(place, "types", "too many entries");
        return;
    }
    for (size_t i = 0; i < request->type_count; i++) {
        const struct error_place row = error_place_row(place, "types", i);
        if (!event_type_is(request->types[i]))
            error_add(&row, NULL, "there is no event of this name");
        for (size_t before = 0; before < i; before++) {
            if (strcmp(request->types[before], request->types[i]) == 0)
                error_add(&row, NULL, "stands there twice");
        }
    }
}

static void check(const void *target, const void *context, const struct error_place *place)
{
    const struct webhook_request *request = target;

    (void)context;
    check_types(request, place);
    check_url(request->url, place);
}

enum zcd_code webhook_request_decode(struct bytes json, struct arena *arena, struct webhook_request **request,
                                     struct zcd_error *err)
{
    void *read = NULL;
    enum zcd_code code = decode_checked(json, &REQUEST, check, NULL, arena, &read, err);

    if (code == ZCD_OK)
        *request = read;
    return code;
}
