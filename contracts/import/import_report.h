/*
 * import_report.h - what a reader has to say about a file, line by line. Pure. Thread: any.
 */
#ifndef CONTRACTS_IMPORT_IMPORT_REPORT_H
#define CONTRACTS_IMPORT_IMPORT_REPORT_H

#include <stdint.h>

enum import_severity {
    IMPORT_NOTE = 1, /* kept as it stands; worth knowing */
    IMPORT_DOUBT,    /* kept, though the source departs from its format or from sense */
    IMPORT_REFUSED   /* not kept */
};

/* "note", "kept_with_doubt", "not_kept". */
const char *import_severity_name(enum import_severity severity);

/* Texts are borrowed until take_line returns. */
struct import_line {
    enum import_severity severity;
    uint64_t line;     /* of the file, from 1; 0: about the file as a whole */
    const char *field; /* JSON Pointer or name of a column; "" for all of the line */
    const char *value; /* what stands there, cut short; "" */
    const char *rule;  /* code, lower case: what a program tells apart */
    const char *zh, *en;
};

#endif
