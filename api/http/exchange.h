/*
 * exchange.h - one request and its answer, on their way from the event loop to a worker, to the log, and back.
 *
 * An exchange belongs to one thread at a time. Whoever holds it fills the response and finishes it, once; everything made
 * for it hangs in its arena and dies with it.
 */
#ifndef API_HTTP_EXCHANGE_H
#define API_HTTP_EXCHANGE_H

#include "api/http/request.h"
#include "api/http/response.h"
#include "base/arena.h"

struct caller; /* of the application */

struct http_exchange {
    struct http_request request;
    const struct caller *caller; /* who it comes from; NULL on routes that anybody may call. In the arena */
    const char *group, *member; /* for whom it waits, where callers take turns (fair_queue.h); NULL: for anybody */
    struct http_response response;
    struct arena arena;
};

/*
 * Answer a request.
 *   context  in  on a worker's thread what worker_begin gave, on the loop's the server's own (server.h)
 * It calls http_exchange_finish, or sees to it that somebody will.
 */
typedef void http_handler(struct http_exchange *exchange, void *context);

/*
 * Send the response as it stands. Any thread; never waits. The exchange is no longer the caller's, and may be gone before
 * this returns. A client that has left meanwhile is nobody's business but the server's.
 */
void http_exchange_finish(struct http_exchange *exchange);

#endif
