#include "api/flows/import_file.h"

#include "api/codec/import_encode.h"

#include <pthread.h>

enum { CALLS_BETWEEN = 256 };

/* Readers say nothing of the bytes they have read; the file's own place is near enough. */
struct import_progress import_file_progress(const struct import_file *file)
{
    long place = ftell(file->source.file);

    return (struct import_progress){.bytes = place < 0 ? 0 : (uint64_t)place,
                                    .facts = import_counter_counts(file->counter)->facts,
                                    .line = file->last_line};
}

static enum zcd_code tell_progress(struct import_file *file, uint64_t line, struct zcd_error *err)
{
    if (line > file->last_line)
        file->last_line = line;
    if (file->progress == NULL || ++file->calls % CALLS_BETWEEN != 0)
        return ZCD_OK;
    const struct import_progress progress = import_file_progress(file);
    return file->progress(file->progress_context, &progress, err);
}

static enum zcd_code tell_line(void *context, uint64_t line, struct zcd_error *err)
{
    return tell_progress(context, line, err);
}

static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct import_file *file = context;
    const struct import_sink *counted = import_counter_sink(file->counter);
    enum zcd_code code = tell_progress(file, fact->line, err);

    if (code == ZCD_OK)
        code = counted->take_fact(counted->context, fact, err);
    return code == ZCD_OK && file->facts != NULL ? fact_spool_take(file->facts, fact, err) : code;
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    struct import_file *file = context;
    const struct import_sink *counted = import_counter_sink(file->counter);
    enum zcd_code code = tell_progress(file, line->line, err);

    if (code == ZCD_OK)
        code = import_report_take_line(file->report, line, err);
    return code == ZCD_OK ? counted->take_line(counted->context, line, err) : code;
}

enum zcd_code import_file_begin(struct import_file *file, struct zcd_error *err)
{
    file->counter = import_counter_new(file->lines);
    file->report = import_report_new();
    if (!file->is_dry_run) {
        file->facts = fact_spool_new(file->directory);
        if (file->facts == NULL)
            return zcd_fail(err, ZCD_UNAVAILABLE, "no room for a temporary file");
    }
    enum zcd_code code = import_digest(file->source.file, &file->digest, err);
    if (code == ZCD_OK && file->db != NULL)
        code = import_load_known(file->db, file->lender, &file->source, &file->arena, err);
    return code;
}

static void sum_up(struct import_file *file)
{
    const struct import_counts *counts = import_counter_counts(file->counter);
    struct import_reading *reading = &file->reading;

    import_encode_outcome(counts, file->told.has_coverage ? &file->told.coverage : NULL,
                          file->told.has_statement ? &file->told.statement : NULL, &file->outcome);
    reading->row_count = counts->facts;
    reading->outcome = (const char *)file->outcome.data;
    for (int severity = IMPORT_NOTE; severity <= IMPORT_REFUSED; severity++)
        reading->line_total += counts->lines[severity];
    import_report_lines(file->report, &reading->lines, &reading->line_count);
}

enum zcd_code import_file_read(struct import_file *file, struct zcd_error *err)
{
    const struct import_sink sink = {.take_fact = take_fact, .take_line = take_line, .tell_line = tell_line, .context = file};
    enum zcd_code code = import_read(&file->source, &sink, &file->told, err);

    if (code == ZCD_OK)
        sum_up(file);
    return code;
}

/* ---------------------------------------------------------------------- keeping */

static void *read_aside(void *context)
{
    struct import_file *file = context;
    enum zcd_code code = import_file_read(file, &file->failure);

    fact_spool_end(file->facts, code == ZCD_OK);
    return NULL;
}

/* Reading and writing at the same time. */
static enum zcd_code read_and_write(struct import_file *file, const struct log_config *log, const struct import_order *order,
                                    struct import_result *result, struct zcd_error *err)
{
    pthread_t reader;

    if (pthread_create(&reader, NULL, read_aside, file) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "no thread to read the file");
    enum zcd_code code = import_write(log, order, result, err);
    bool is_broken = fact_spool_is_broken(file->facts);
    fact_spool_refuse(file->facts);
    (void)pthread_join(reader, NULL);
    if (code == ZCD_OK || !is_broken)
        return code;
    *err = file->failure;
    return err->code;
}

/* A dossier is of one piece. */
static enum zcd_code write_dossier(struct import_file *file, const struct log_config *log, struct import_order *order,
                                   struct import_result *result, struct zcd_error *err)
{
    enum zcd_code code = import_file_read(file, err);

    if (code == ZCD_OK)
        code = import_read_dossier(&file->source, &file->arena, &order->dossier, err);
    if (code != ZCD_OK)
        return code;
    order->organisation = order->dossier->organisation.uscc.text;
    return import_write(log, order, result, err);
}

enum zcd_code import_file_keep(struct import_file *file, const struct log_config *log, const struct import_actor *actor,
                               const struct import_job *job, struct import_result *result, struct zcd_error *err)
{
    struct import_order order = {.actor = *actor,
                                 .kind = file->source.kind,
                                 .organisation = file->source.organisation,
                                 .file_name = file->name,
                                 .file_sha256 = file->digest,
                                 .last_import = file->source.last_import,
                                 .facts = file->facts,
                                 .reading = &file->reading,
                                 .job = job};

    return file->source.kind == IMPORT_KIND_DOSSIER ? write_dossier(file, log, &order, result, err)
                                                    : read_and_write(file, log, &order, result, err);
}

void import_file_done(struct import_file *file)
{
    import_counter_free(file->counter);
    import_report_free(file->report);
    fact_spool_free(file->facts);
    arena_done(&file->arena);
    buffer_done(&file->outcome);
}
