/*
 * import_sink.h - where readers put what they read, one fact and one line of the report at a time, in the order of the file.
 *
 * A reader holds no more than one document of a file; whoever takes the facts decides what becomes of them: count them (a
 * dry run), or write them in one transaction. Thread: the reader's.
 */
#ifndef CONTRACTS_IMPORT_IMPORT_SINK_H
#define CONTRACTS_IMPORT_IMPORT_SINK_H

#include "base/error.h"
#include "contracts/import/fact.h"
#include "contracts/import/import_report.h"

struct import_sink {
    /* An error ends the reading, which returns it. What a fact names need not have come before it. */
    enum zcd_code (*take_fact)(void *context, const struct fact *fact, struct zcd_error *err);
    enum zcd_code (*take_line)(void *context, const struct import_line *line, struct zcd_error *err);
    /* Now and then, where a reader reads long before it has facts: the line it is at. Ends the reading too. NULL: not asked. */
    enum zcd_code (*tell_line)(void *context, uint64_t line, struct zcd_error *err);
    void *context;
};

#endif
