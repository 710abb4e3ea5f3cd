/*
 * tls.h - TLS 1.2 and 1.3 in the process (RFC 8446, RFC 5246; what is offered follows RFC 9325), certificates that can be
 * replaced while it serves, and client certificates for other systems.
 *
 * On the loop's thread.
 */
#ifndef API_HTTP_TLS_H
#define API_HTTP_TLS_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

struct bufferevent; /* of libevent, like the next */
struct event_base;

/* PEM files; borrowed. */
struct http_tls_files {
    const char *certificate_file; /* the chain, the server's own first; NULL: no TLS */
    const char *key_file;         /* unencrypted; must not be readable by others than owner and group */
    const char *client_ca_file;   /* authorities whose client certificates are taken; NULL: none is asked for */
};

struct tls;

/*
 * Read the files.
 *   tls  out  handed over; release with tls_close
 * ZCD_INVALID naming the file that cannot be read or does not fit; ZCD_CONFLICT when others can read the key.
 */
enum zcd_code tls_open(const struct http_tls_files *files, struct tls **tls, struct zcd_error *err) ZCD_MUST_USE;

void tls_close(struct tls *tls); /* NULL is fine */

/* Has any of the files changed since they were last read, or last tried? */
bool tls_has_changed(const struct tls *tls);

/* Read them again: new connections get what they say, those that are open keep what they have. The codes of tls_open, and
 * everything stays as it is. */
enum zcd_code tls_reload(struct tls *tls, struct zcd_error *err) ZCD_MUST_USE;

/* An accepted socket as a stream that begins with the handshake: BEV_EVENT_CONNECTED when it is over. NULL: out of memory. */
struct bufferevent *tls_accept(struct tls *tls, struct event_base *base, int socket);

/*
 * The subject of the client's certificate, verified up to one of the authorities: "CN=core,O=bank" as in RFC 4514, NULL when
 * it showed none. In the arena.
 */
const char *tls_client_subject(struct bufferevent *stream, struct arena *arena);

/* Tell the client that nothing follows (close_notify): after the last answer, before the socket is shut. */
void tls_say_goodbye(struct bufferevent *stream);

#endif
