/*
 * embedded_files.h - files that are part of the program: the API's document, and the page that shows it.
 *
 * Made by cmake/embedded_files.cmake. Static, read-only. Thread: any.
 */
#ifndef API_ROUTES_EMBEDDED_FILES_H
#define API_ROUTES_EMBEDDED_FILES_H

#include <stdint.h>

struct embedded_file {
    const char *name;
    const char *content_type;
    const uint8_t *data, *end;
};

extern const struct embedded_file EMBEDDED_FILES[]; /* a row without a name ends it */

#endif
