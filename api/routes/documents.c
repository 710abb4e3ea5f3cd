#include "api/routes/documents.h"

#include "api/routes/answer.h"
#include "api/routes/embedded_files.h"

#include <string.h>

#define FOR_AN_HOUR "public, max-age=3600"

/* Scripts and styles are the service's own files; the library sets styles from its script, and draws with data: images. */
#define POLICY_OF_THE_PAGE                                                                                             \
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src "     \
    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static const char PAGE[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Zhengcaidai 政采贷 API</title>\n"
    "<link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\">\n</head>\n<body>\n"
    "<p><a href=\"/openapi.json\">/openapi.json</a></p>\n<div id=\"page\"></div>\n"
    "<script src=\"/docs/swagger-ui-bundle.js\"></script>\n<script src=\"/docs/start.js\"></script>\n</body>\n</html>\n";

/* Nothing is sent anywhere but to this service: no validator badge, no other document than ours. */
static const char START[] = "window.onload = function () {\n"
                            "  SwaggerUIBundle({url: '/openapi.json', dom_id: '#page', validatorUrl: null, queryConfigEnabled: false,\n"
                            "                   docExpansion: 'list', defaultModelsExpandDepth: 0, tryItOutEnabled: false});\n"
                            "};\n";

static void answer(struct http_exchange *exchange, const char *content_type, struct bytes body)
{
    struct http_response *response = &exchange->response;

    buffer_append(&response->body, body.data, body.size);
    response->content_type = content_type;
    response->cache_control = FOR_AN_HOUR;
    response->status = 200;
    answer_add_etag(exchange);
    http_exchange_finish(exchange);
}

static const struct embedded_file *find(const char *name)
{
    for (const struct embedded_file *file = EMBEDDED_FILES; file->name != NULL; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

static void answer_file(struct http_exchange *exchange, const char *name)
{
    const struct embedded_file *file = find(name);
    struct zcd_error err;

    if (file == NULL) {
        (void)zcd_fail(&err, ZCD_NOT_FOUND, "there is no such file in this build");
        answer_error(exchange, &err);
        return;
    }
    answer(exchange, file->content_type, (struct bytes){file->data, (size_t)(file->end - file->data)});
}

void documents_openapi(struct http_exchange *exchange, void *context)
{
    (void)context;
    answer_file(exchange, "openapi.json");
}

void documents_page(struct http_exchange *exchange, void *context)
{
    (void)context;
    exchange->response.content_security_policy = POLICY_OF_THE_PAGE;
    answer(exchange, "text/html; charset=utf-8", bytes_of_text(PAGE));
}

void documents_file(struct http_exchange *exchange, void *context)
{
    const char *name = exchange->request.parameters[0];
    (void)context;

    if (strcmp(name, "start.js") == 0)
        answer(exchange, "text/javascript; charset=utf-8", bytes_of_text(START));
    else
        answer_file(exchange, strcmp(name, "openapi.json") == 0 ? "" : name);
}
