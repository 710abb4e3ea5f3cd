#include "api/http/request.h"

#include <string.h>
#include <strings.h>

const char *http_method_name(enum http_method method)
{
    static const char *const NAMES[] = {"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    return NAMES[method];
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

bool http_request_has_content_type(const struct http_request *request, const char *type)
{
    const char *value = http_request_header(request, "Content-Type");
    size_t length = strlen(type);

    if (value == NULL || strncasecmp(value, type, length) != 0)
        return false;
    value += length;
    value += strspn(value, " \t");
    return *value == '\0' || *value == ';';
}
