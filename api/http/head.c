#include "api/http/head.h"

#include "api/http/limits.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define REFUSE(status_, detail_) ((struct http_refusal){.status = (status_), .detail = (detail_)})
#define ACCEPT ((struct http_refusal){.status = 0})

enum { CONTENT_LENGTH_DIGITS_MAX = 15, METHOD_LENGTH_MAX = 16 };

size_t http_head_size(struct bytes input)
{
    /* An empty line by itself in front of a request is read over (RFC 9112 2.2); it belongs to the head here. */
    size_t at = input.size >= 2 && input.data[0] == '\r' && input.data[1] == '\n' ? 2 : 0;

    /* A bare LF ends a line here too, so that it is refused at once and not waited on for ever. */
    for (; at < input.size; at++) {
        if (input.data[at] != '\n')
            continue;
        if (at + 1 < input.size && input.data[at + 1] == '\n')
            return at + 2;
        if (at + 2 < input.size && input.data[at + 1] == '\r' && input.data[at + 2] == '\n')
            return at + 3;
    }
    return 0;
}

/* RFC 9110 5.6.2 */
static bool is_token_character(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
           || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!is_token_character((unsigned char)*text))
            return false;
    }
    return true;
}

/* Visible characters, spaces, tabs, and bytes beyond ASCII: RFC 9110 5.5. */
static bool is_field_value(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* The text up to CRLF, which is cut off; NULL when the line ends in anything else. */
static char *take_line(char **cursor)
{
    char *line = *cursor;
    char *end = strchr(line, '\n');

    if (end == NULL || end == line || end[-1] != '\r')
        return NULL;
    end[-1] = '\0';
    *cursor = end + 1;
    return line;
}

static enum http_method method_of(const char *name)
{
    for (enum http_method method = HTTP_GET; method <= HTTP_OPTIONS; method++) {
        if (strcmp(http_method_name(method), name) == 0)
            return method;
    }
    return HTTP_METHOD_OTHER;
}

static struct http_refusal parse_version(const char *text, struct http_request *request)
{
    bool is_version = strlen(text) == 8 && strncmp(text, "HTTP/", 5) == 0 && text[5] >= '0' && text[5] <= '9'
                      && text[6] == '.' && text[7] >= '0' && text[7] <= '9';

    if (!is_version)
        return REFUSE(400, "the request line does not end in an HTTP version");
    if (text[5] != '1' || text[7] > '1')
        return REFUSE(505, "the service speaks HTTP/1.1 and HTTP/1.0");
    request->version_minor = text[7] - '0';
    return ACCEPT;
}

static struct http_refusal parse_target(char *target, struct http_request *request)
{
    if (target[0] != '/')
        return REFUSE(400, "the request target is not a path");
    if (target[1] == '/')
        return REFUSE(400, "the request target begins with two slashes");
    for (const char *c = target; *c != '\0'; c++) {
        if (*c <= 0x20 || *c >= 0x7f || *c == '#')
            return REFUSE(400, "the request target has a character that cannot stand in it");
    }
    char *question = strchr(target, '?');
    if (question != NULL) {
        *question = '\0';
        request->query = question + 1;
    }
    request->path = target;
    return ACCEPT;
}

static struct http_refusal parse_request_line(char *line, struct http_request *request)
{
    char *target = strchr(line, ' ');
    char *version = target == NULL ? NULL : strchr(target + 1, ' ');

    if (version == NULL)
        return REFUSE(400, "the request line does not have three words");
    *target++ = '\0';
    *version++ = '\0';
    if (!is_token(line) || strlen(line) > METHOD_LENGTH_MAX)
        return REFUSE(400, "the method is not a word");
    request->method = method_of(line);

    struct http_refusal refusal = parse_target(target, request);
    return refusal.status != 0 ? refusal : parse_version(version, request);
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    text[length] = '\0';
    return text;
}

static struct http_refusal parse_field(char *line, struct http_header *header)
{
    if (line[0] == ' ' || line[0] == '\t')
        return REFUSE(400, "a field is folded over two lines");
    char *colon = strchr(line, ':');
    if (colon == NULL)
        return REFUSE(400, "a field has no colon");
    *colon = '\0';
    if (!is_token(line)) /* also a space in front of the colon */
        return REFUSE(400, "a field's name is not a word");
    if (!is_field_value(colon + 1))
        return REFUSE(400, "a field's value has a control character");
    /* White space that may be there, but that nobody writes there, and not every reader takes for white space. */
    if (strcasecmp(line, "Content-Length") == 0 && strchr(colon + 1, '\t') != NULL)
        return REFUSE(400, "Content-Length is not a number");
    *header = (struct http_header){line, trim(colon + 1)};
    return ACCEPT;
}

static struct http_refusal parse_lines(char *text, struct arena *arena, struct http_request *request)
{
    char *line = take_line(&text);
    if (line == NULL)
        return REFUSE(400, "a line does not end in CRLF");
    struct http_refusal refusal = parse_request_line(line, request);

    struct http_header *headers = ARENA_NEW(arena, struct http_header, HTTP_HEADERS_MAX);
    request->headers = headers;
    while (refusal.status == 0) {
        line = take_line(&text);
        if (line == NULL)
            return REFUSE(400, "a line does not end in CRLF");
        if (*line == '\0')
            return ACCEPT;
        if (request->header_count == HTTP_HEADERS_MAX)
            return REFUSE(431, "there are too many fields");
        refusal = parse_field(line, &headers[request->header_count]);
        if (refusal.status == 0)
            request->header_count++;
    }
    return refusal;
}

static size_t count_of(const struct http_request *request, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        count += strcasecmp(request->headers[i].name, name) == 0 ? 1 : 0;
    return count;
}

/* A field that two readers could each take another one of. */
static bool stands_twice(const struct http_request *request)
{
    static const char *const ONCE[] = {"Host", "Content-Length", "Content-Type", "Authorization"};

    for (size_t i = 0; i < sizeof ONCE / sizeof *ONCE; i++) {
        if (count_of(request, ONCE[i]) > 1)
            return true;
    }
    return false;
}

/* RFC 9112 6: how long is the body? */
static struct http_refusal read_framing(struct http_request *request)
{
    const char *length = http_request_header(request, "Content-Length");

    if (http_request_header(request, "Transfer-Encoding") != NULL) {
        return length != NULL ? REFUSE(400, "Transfer-Encoding beside Content-Length")
                              : REFUSE(411, "Transfer-Encoding is not accepted; send Content-Length");
    }
    if (length == NULL)
        return ACCEPT;
    size_t digits = strlen(length);
    if (digits == 0 || digits > CONTENT_LENGTH_DIGITS_MAX || strspn(length, "0123456789") != digits)
        return REFUSE(400, "Content-Length is not a number");
    request->has_content_length = true;
    for (; *length != '\0'; length++)
        request->content_length = request->content_length * 10 + (uint64_t)(*length - '0');
    return ACCEPT;
}

/* Is the word in a comma-separated list? */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (*list != '\0') {
        list += strspn(list, " \t,");
        size_t size = strcspn(list, " \t,");
        if (size == length && strncasecmp(list, word, length) == 0)
            return true;
        list += size;
    }
    return false;
}

/* RFC 9112 9.3: 1.1 stays open unless told otherwise. That 1.0 may ask for it is not worth its own rules. */
static bool wants_keep_alive(const struct http_request *request)
{
    if (request->version_minor == 0)
        return false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, "Connection") == 0 && list_has(request->headers[i].value, "close"))
            return false;
    }
    return true;
}

static struct http_refusal read_fields(struct http_request *request)
{
    if (stands_twice(request))
        return REFUSE(400, "a field stands twice that must stand once");
    if (request->version_minor >= 1 && http_request_header(request, "Host") == NULL)
        return REFUSE(400, "there is no Host field");
    struct http_refusal refusal = read_framing(request);
    if (refusal.status != 0)
        return refusal;

    const char *expect = http_request_header(request, "Expect");
    if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
        return REFUSE(417, "the only expectation there is, is 100-continue");
    request->expects_continue = expect != NULL && request->version_minor >= 1;
    request->keep_alive = wants_keep_alive(request);
    if (request->method == HTTP_METHOD_OTHER)
        return REFUSE(501, "the method is unknown");
    return ACCEPT;
}

struct http_refusal http_head_parse(struct bytes head, struct arena *arena, struct http_request *request)
{
    assert(head.size > 0);

    if (memchr(head.data, '\0', head.size) != NULL)
        return REFUSE(400, "there is a NUL in the head");
    char *text = arena_copy_bytes(arena, head.data, head.size);
    if (text[0] == '\r' && text[1] == '\n')
        text += 2;
    struct http_refusal refusal = parse_lines(text, arena, request);
    return refusal.status != 0 ? refusal : read_fields(request);
}
