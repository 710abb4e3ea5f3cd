#include "api/http/router.h"

#include "api/http/accept.h"
#include "api/http/limits.h"

#include <assert.h>
#include <string.h>

#define REFUSE(status_, detail_) ((struct http_refusal){.status = (status_), .detail = (detail_)})
#define ACCEPT ((struct http_refusal){.status = 0})

/* Compare part by part; parts of the path that stand for a {name} are copied where the arena is given. */
static bool matches(const char *pattern, const char *path, struct arena *arena, const char **parameters)
{
    size_t count = 0;

    while (*pattern == '/' && *path == '/') {
        size_t pattern_size = strcspn(++pattern, "/?");
        size_t path_size = strcspn(++path, "/");
        if (pattern_size > 4 && memcmp(pattern + pattern_size - 4, "...}", 4) == 0) /* to the end, slashes and all */
            path_size = strlen(path);
        if (*pattern == '{') {
            assert(count < HTTP_PARAMETERS_MAX);
            if (path_size == 0)
                return false;
            if (arena != NULL)
                parameters[count++] = arena_copy_bytes(arena, path, path_size);
        } else if (pattern_size != path_size || memcmp(pattern, path, path_size) != 0) {
            return false;
        }
        pattern += pattern_size;
        path += path_size;
    }
    return (*pattern == '\0' || *pattern == '?') && *path == '\0';
}

static bool answers_to(const struct http_route *route, enum http_method method)
{
    return route->method == method || (route->method == HTTP_GET && method == HTTP_HEAD);
}

static const char *allowed_methods(const struct http_route *routes, const char *path, struct arena *arena)
{
    char list[128] = "";

    for (const struct http_route *route = routes; route->pattern != NULL; route++) {
        if (!matches(route->pattern, path, NULL, NULL))
            continue;
        if (list[0] != '\0')
            (void)strncat(list, ", ", sizeof list - strlen(list) - 1);
        (void)strncat(list, http_method_name(route->method), sizeof list - strlen(list) - 1);
        if (route->method == HTTP_GET)
            (void)strncat(list, ", HEAD", sizeof list - strlen(list) - 1);
    }
    return list[0] == '\0' ? NULL : arena_copy_text(arena, list);
}

struct http_refusal http_router_find(const struct http_route *routes, struct http_request *request, struct arena *arena,
                                     const struct http_route **route)
{
    for (const struct http_route *candidate = routes; candidate->pattern != NULL; candidate++) {
        if (answers_to(candidate, request->method)
            && matches(candidate->pattern, request->path, arena, request->parameters)) {
            *route = candidate;
            return ACCEPT;
        }
    }
    const char *allow = allowed_methods(routes, request->path, arena);
    if (allow == NULL)
        return REFUSE(404, "there is nothing at this path");
    struct http_refusal refusal = REFUSE(405, "this path does not answer to this method");
    refusal.allow = allow;
    return refusal;
}

static bool takes_query(const struct http_route *route)
{
    return route->pattern[strlen(route->pattern) - 1] == '?';
}

static struct http_refusal check_body(const struct http_route *route, const struct http_request *request)
{
    if (route->body_size_max == 0)
        return request->content_length == 0 ? ACCEPT : REFUSE(400, "this path takes no body");
    if (!request->has_content_length)
        return REFUSE(411, "a body must come with its Content-Length");
    if (request->content_length > route->body_size_max)
        return REFUSE(413, "the body is larger than this path takes");
    if (route->content_type != NULL && !http_request_has_content_type(request, route->content_type))
        return REFUSE(415, "the body's Content-Type is not the one that this path takes");
    return ACCEPT;
}

static const char *types_of(const struct http_route *route, const struct http_answer_types *others)
{
    for (; others->pattern != NULL; others++) {
        if (strcmp(others->pattern, route->pattern) == 0)
            return others->types;
    }
    return "application/json";
}

struct http_refusal http_router_check(const struct http_route *route, const struct http_answer_types *others,
                                      const struct http_request *request)
{
    if (request->query != NULL && !takes_query(route))
        return REFUSE(400, "this path takes no query");
    struct http_refusal refusal = check_body(route, request);
    if (refusal.status == 0 && others != NULL && !http_accepts(request, types_of(route, others)))
        return REFUSE(406, "this path answers with no type that Accept names");
    return refusal;
}

bool http_route_spools(const struct http_route *route)
{
    return route->body_size_max > HTTP_BODY_HELD_MAX;
}

const char *http_scope_name(enum http_scope scope)
{
    return scope == HTTP_SCOPE_ANY ? "any" : "own";
}
