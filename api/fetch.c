#include "api/fetch.h"

#include "base/cleanup.h"

#include <curl/curl.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { TIMEOUT_MS = 30000, CONNECT_TIMEOUT_MS = 5000 };

static void done_curl(CURL **curl)
{
    curl_easy_cleanup(*curl);
}

static void done_fields(struct curl_slist **fields)
{
    curl_slist_free_all(*fields);
}

struct receiving {
    struct buffer *body;
    size_t size_max;
};

/* Taking less than was given makes libcurl end the transfer. */
static size_t receive(char *data, size_t size, size_t count, void *context)
{
    const struct receiving *receiving = context;

    if (size * count > receiving->size_max - receiving->body->size)
        return 0;
    buffer_append(receiving->body, data, size * count);
    return size * count;
}

static bool add_field(struct curl_slist **fields, const char *name, const char *value)
{
    char line[2048];

    if (snprintf(line, sizeof line, "%s: %s", name, value) >= (int)sizeof line)
        return false;
    struct curl_slist *longer = curl_slist_append(*fields, line);
    if (longer == NULL)
        return false;
    *fields = longer;
    return true;
}

/* The address that libcurl is about to connect to, after all looking up: so that a name cannot mean one address when it is
 * checked and another when it is used. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct fetch_request *request = context;

    if (purpose != CURLSOCKTYPE_IPCXN || !request->may_connect(&address->addr, request->may_connect_context))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct fetch_request *request = context;
    (void)a, (void)b, (void)c, (void)d;

    return atomic_load(request->ends) ? 1 : 0;
}

static bool watch(CURL *curl, const struct fetch_request *request)
{
    if (request->ends == NULL)
        return true;
    return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, go_on) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)(uintptr_t)request) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

static bool guard(CURL *curl, const struct fetch_request *request)
{
    if (request->may_connect == NULL)
        return true;
    return curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)request) == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK
           && curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
}

static bool prepare(CURL *curl, const struct fetch_request *request, struct receiving *receiving,
                    struct curl_slist **fields)
{
    const long timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;
    bool good = curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS) == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive) == CURLE_OK
                && curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiving) == CURLE_OK;

    if (good && request->token != NULL) {
        char value[1100];
        good = snprintf(value, sizeof value, "Bearer %s", request->token) < (int)sizeof value
               && add_field(fields, "Authorization", value);
    }
    if (good && request->body != NULL)
        good = curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK
               && curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body->size) == CURLE_OK
               && curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)request->body->data) == CURLE_OK
               && add_field(fields, "Content-Type", request->content_type) && add_field(fields, "Expect", "");
    for (size_t i = 0; good && i < request->field_count; i++)
        good = add_field(fields, request->fields[i].name, request->fields[i].value);
    return good && guard(curl, request) && watch(curl, request) && curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *fields) == CURLE_OK;
}

static void read_answer(CURL *curl, struct fetch_answer *answer)
{
    const char *type = NULL;
    long status = 0;

    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    answer->content_type[0] = '\0';
    if (type != NULL && strlen(type) < sizeof answer->content_type)
        (void)snprintf(answer->content_type, sizeof answer->content_type, "%s", type);
}

static bool is_http(const char *url)
{
    return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

enum zcd_code fetch(const struct fetch_request *request, struct fetch_answer *answer, struct zcd_error *err)
{
    ZCD_AUTO(done_curl)
    CURL *curl = curl_easy_init();
    ZCD_AUTO(done_fields)
    struct curl_slist *fields = NULL;
    struct receiving receiving = {&answer->body, request->answer_size_max};

    if (!is_http(request->url))
        return zcd_fail(err, ZCD_INVALID, "the URL is neither http nor https: %.150s", request->url);
    buffer_clear(&answer->body);
    buffer_append(&answer->body, "", 0);
    if (curl == NULL || !prepare(curl, request, &receiving, &fields))
        return zcd_fail(err, ZCD_UNAVAILABLE, "libcurl cannot make the request");
    CURLcode result = curl_easy_perform(curl);
    if (result != CURLE_OK)
        return zcd_fail(err, ZCD_UNAVAILABLE, "%.120s: %.100s", request->url, curl_easy_strerror(result));
    read_answer(curl, answer);
    return ZCD_OK;
}
