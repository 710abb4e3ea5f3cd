/*
 * address.h - which network addresses the service may connect to for somebody else: public ones, and those that its operator
 * allows.
 *
 * Pure. Thread: any.
 */
#ifndef API_ADDRESS_H
#define API_ADDRESS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

#define ADDRESS_PREFIXES_MAX 32

struct address_prefix {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;
};

struct address_list {
    struct address_prefix prefixes[ADDRESS_PREFIXES_MAX];
    size_t count;
};

/*
 * Read prefixes with commas between them: "127.0.0.0/8,10.1.2.3,fd00::/8". Without "/bits", that address alone. NULL: none.
 * ZCD_INVALID.
 */
enum zcd_code address_list_parse(const char *text, struct address_list *list, struct zcd_error *err) ZCD_MUST_USE;

/* Is it in the list? An IPv4 address in IPv6 clothes (::ffff:a.b.c.d) is that IPv4 address. */
bool address_list_has(const struct address_list *list, const struct sockaddr *address);

/*
 * Is it an address of the open internet: globally reachable in IANA's registries of special-purpose addresses (RFC 6890), and no
 * multicast? Tunnels that carry an IPv4 address inside (6to4, Teredo, NAT64) are not. Another family than IP is not.
 */
bool address_is_public(const struct sockaddr *address);

#endif
