#include "api/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum zcd_code read_all(int file, size_t size_max, struct buffer *content, struct zcd_error *err)
{
    char chunk[65536];
    ssize_t size;

    while ((size = read(file, chunk, sizeof chunk)) != 0) {
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read: %s", strerror(errno));
        buffer_append(content, chunk, (size_t)size);
        if (content->size > size_max)
            return zcd_fail(err, ZCD_INVALID, "the file is larger than %zu bytes", size_max);
    }
    return ZCD_OK;
}

enum zcd_code file_read(const char *path, size_t size_max, struct buffer *content, struct zcd_error *err)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, size_max, content, err);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be opened: %s", strerror(errno));
    enum zcd_code code = read_all(file, size_max, content, err);
    (void)close(file);
    return code;
}
