#include "api/flows/import_file.h"

#include "api/codec/import_encode.h"

enum { CALLS_BETWEEN = 256 };

/* Readers say nothing of how far they are; the file's own place is near enough. */
static enum zcd_code tell_progress(struct import_file *file, struct zcd_error *err)
{
    if (file->progress == NULL || ++file->calls % CALLS_BETWEEN != 0)
        return ZCD_OK;
    long place = ftell(file->source.file);
    return file->progress(file->progress_context, place < 0 ? 0 : (uint64_t)place, err);
}

static enum zcd_code take_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    struct import_file *file = context;
    const struct import_sink *counted = import_counter_sink(file->counter);
    enum zcd_code code = tell_progress(file, err);

    if (code == ZCD_OK)
        code = counted->take_fact(counted->context, fact, err);
    return code == ZCD_OK && file->facts != NULL ? fact_spool_take(file->facts, fact, err) : code;
}

static enum zcd_code take_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    struct import_file *file = context;
    const struct import_sink *counted = import_counter_sink(file->counter);
    enum zcd_code code = tell_progress(file, err);

    if (code == ZCD_OK)
        code = import_report_take_line(file->report, line, err);
    return code == ZCD_OK ? counted->take_line(counted->context, line, err) : code;
}

enum zcd_code import_file_read(struct import_file *file, struct zcd_error *err)
{
    const struct import_sink sink = {.take_fact = take_fact, .take_line = take_line, .context = file};

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
    if (code == ZCD_OK)
        code = import_read(&file->source, &sink, &file->told, err);
    if (code == ZCD_OK)
        import_encode_outcome(import_counter_counts(file->counter), file->told.has_coverage ? &file->told.coverage : NULL,
                              file->told.has_statement ? &file->told.statement : NULL, &file->outcome);
    return code;
}

enum zcd_code import_file_keep(struct import_file *file, const struct log_config *log, const struct import_actor *actor,
                               const struct import_job *job, struct import_result *result, struct zcd_error *err)
{
    struct import_order order = {.actor = *actor,
                                 .kind = file->source.kind,
                                 .organisation = file->source.organisation,
                                 .file_name = file->name,
                                 .file_sha256 = file->digest,
                                 .row_count = import_counter_counts(file->counter)->facts,
                                 .last_import = file->source.last_import,
                                 .facts = file->facts,
                                 .job = job,
                                 .outcome = (const char *)file->outcome.data};
    enum zcd_code code = ZCD_OK;

    for (int severity = IMPORT_NOTE; severity <= IMPORT_REFUSED; severity++)
        order.line_total += import_counter_counts(file->counter)->lines[severity];
    import_report_lines(file->report, &order.lines, &order.line_count);
    if (file->source.kind == IMPORT_KIND_DOSSIER)
        code = import_read_dossier(&file->source, &file->arena, &order.dossier, err);
    if (code == ZCD_OK && order.dossier != NULL)
        order.organisation = order.dossier->organisation.uscc.text;
    return code == ZCD_OK ? import_write(log, &order, result, err) : code;
}

void import_file_done(struct import_file *file)
{
    import_counter_free(file->counter);
    import_report_free(file->report);
    fact_spool_free(file->facts);
    arena_done(&file->arena);
    buffer_done(&file->outcome);
}
