#include "api/http/response.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    int status;
    const char *phrase;
} PHRASES[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

#define NOTHING_RUNS "default-src 'none'; frame-ancestors 'none'"

/* For answers that are data: nothing in them is to be run, framed, or guessed at. */
static const struct http_header ALWAYS[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static bool has_control_character(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

void http_response_add_header(struct http_response *response, const char *name, const char *value)
{
    assert(response->header_count < HTTP_RESPONSE_HEADERS_MAX);
    assert(!has_control_character(name));
    assert(!has_control_character(value));

    response->headers[response->header_count++] = (struct http_header){name, value};
}

const char *http_status_phrase(int status)
{
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        if (PHRASES[i].status == status)
            return PHRASES[i].phrase;
    }
    assert(false); /* a status that the table lacks */
    return "";
}

const char *http_date_format(int64_t at_s, char text[HTTP_DATE_SIZE])
{
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)at_s;
    struct tm day;

    (void)gmtime_r(&at, &day);
    (void)snprintf(text, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT", DAYS[day.tm_wday],
                   (unsigned)day.tm_mday % 100, MONTHS[day.tm_mon], (unsigned)(day.tm_year + 1900) % 10000,
                   (unsigned)day.tm_hour % 100, (unsigned)day.tm_min % 100, (unsigned)day.tm_sec % 100);
    return text;
}

static void write_field(struct buffer *text, const char *name, const char *value)
{
    buffer_append_text(text, name);
    buffer_append_text(text, ": ");
    buffer_append_text(text, value);
    buffer_append_text(text, "\r\n");
}

void http_response_write_head(const struct http_response *response, const char *request_id, int64_t at_s, bool closes,
                              struct buffer *text)
{
    char date[HTTP_DATE_SIZE];

    buffer_append_format(text, "HTTP/1.1 %d %s\r\n", response->status, http_status_phrase(response->status));
    write_field(text, "Date", http_date_format(at_s, date));
    write_field(text, "Request-Id", request_id);
    if (response->content_type != NULL)
        write_field(text, "Content-Type", response->content_type);
    if (response->status != 204 && response->status != 304) /* RFC 9110 8.6: these have no content, and no length of it */
        buffer_append_format(text, "Content-Length: %zu\r\n", response->body.size);
    write_field(text, "Cache-Control", response->cache_control == NULL ? "no-store" : response->cache_control);
    for (size_t i = 0; i < response->header_count; i++)
        write_field(text, response->headers[i].name, response->headers[i].value);
    write_field(text, "Content-Security-Policy",
                response->content_security_policy == NULL ? NOTHING_RUNS : response->content_security_policy);
    for (size_t i = 0; i < sizeof ALWAYS / sizeof *ALWAYS; i++)
        write_field(text, ALWAYS[i].name, ALWAYS[i].value);
    if (closes)
        write_field(text, "Connection", "close");
    buffer_append_text(text, "\r\n");
}
