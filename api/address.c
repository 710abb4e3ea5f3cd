#include "api/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BYTES = 16, V4_OFFSET = 12, V4_BITS = 96 };

static const uint8_t V4_IN_V6[V4_OFFSET] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* IPv4 that is not of the open internet: IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771). */
static const struct {
    uint8_t bytes[4];
    int bits;
} NOT_PUBLIC_V4[] = {
    {{0, 0, 0, 0}, 8},       {{10, 0, 0, 0}, 8},    {{100, 64, 0, 0}, 10},  {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16},  {{172, 16, 0, 0}, 12}, {{192, 0, 0, 0}, 24},   {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24},  {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24},  {{224, 0, 0, 0}, 4},   {{240, 0, 0, 0}, 4},
};

/* IPv6 within 2000::/3, outside of which nothing is public: IANA IPv6 Special-Purpose Address Registry. */
static const struct {
    uint8_t bytes[4];
    int bits;
} NOT_PUBLIC_V6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocols, Teredo and ORCHID among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02, 0x00, 0x00}, 16}, /* 6to4 */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* documentation */
};

static bool has_prefix(const uint8_t *bytes, const uint8_t *prefix, int bits)
{
    int whole = bits / 8;
    int rest = bits % 8;

    if (memcmp(bytes, prefix, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((bytes[whole] ^ prefix[whole]) >> (8 - rest)) == 0;
}

static bool bytes_of(const struct sockaddr *address, uint8_t bytes[BYTES])
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(bytes, V4_IN_V6, sizeof V4_IN_V6);
        memcpy(bytes + V4_OFFSET, &v4.sin_addr, sizeof v4.sin_addr);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(bytes, &v6.sin6_addr, BYTES);
        return true;
    }
    return false;
}

bool address_is_public(const struct sockaddr *address)
{
    uint8_t bytes[BYTES];

    if (!bytes_of(address, bytes))
        return false;
    if (memcmp(bytes, V4_IN_V6, sizeof V4_IN_V6) == 0) {
        for (size_t i = 0; i < sizeof NOT_PUBLIC_V4 / sizeof *NOT_PUBLIC_V4; i++)
            if (has_prefix(bytes + V4_OFFSET, NOT_PUBLIC_V4[i].bytes, NOT_PUBLIC_V4[i].bits))
                return false;
        return true;
    }
    if (bytes[0] >> 5 != 1) /* 2000::/3 */
        return false;
    for (size_t i = 0; i < sizeof NOT_PUBLIC_V6 / sizeof *NOT_PUBLIC_V6; i++)
        if (has_prefix(bytes, NOT_PUBLIC_V6[i].bytes, NOT_PUBLIC_V6[i].bits))
            return false;
    return true;
}

bool address_list_has(const struct address_list *list, const struct sockaddr *address)
{
    uint8_t bytes[BYTES];

    if (!bytes_of(address, bytes))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (has_prefix(bytes, list->prefixes[i].bytes, list->prefixes[i].bits))
            return true;
    }
    return false;
}

/* "10.0.0.0/8", of that size. */
static bool parse_prefix(const char *text, size_t size, struct address_prefix *prefix)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = memchr(text, '/', size);
    size_t address_size = slash == NULL ? size : (size_t)(slash - text);
    long bits = -1;

    if (address_size >= sizeof address)
        return false;
    memcpy(address, text, address_size);
    address[address_size] = '\0';
    if (slash != NULL) {
        char *end;
        bits = isdigit((unsigned char)slash[1]) ? strtol(slash + 1, &end, 10) : -2;
        if (bits < 0 || end != text + size)
            return false;
    }
    memcpy(prefix->bytes, V4_IN_V6, sizeof V4_IN_V6);
    bool is_v4 = inet_pton(AF_INET, address, prefix->bytes + V4_OFFSET) == 1;
    if (!is_v4 && inet_pton(AF_INET6, address, prefix->bytes) != 1)
        return false;
    int bits_max = is_v4 ? 32 : 128;
    if (bits > bits_max)
        return false;
    prefix->bits = (bits < 0 ? bits_max : (int)bits) + (is_v4 ? V4_BITS : 0);
    return true;
}

enum zcd_code address_list_parse(const char *text, struct address_list *list, struct zcd_error *err)
{
    struct address_list read = {.count = 0};

    for (const char *item = text; item != NULL && *item != '\0';) {
        size_t size = strcspn(item, ",");
        if (read.count == ADDRESS_PREFIXES_MAX)
            return zcd_fail(err, ZCD_INVALID, "more than %d addresses", ADDRESS_PREFIXES_MAX);
        if (!parse_prefix(item, size, &read.prefixes[read.count++]))
            return zcd_fail(err, ZCD_INVALID, "not an address or prefix: %.*s", (int)(size < 64 ? size : 64), item);
        item += size + (item[size] == ',');
    }
    *list = read;
    return ZCD_OK;
}
