-- What the reading of an imported file had to say: counts, and the lines of its report. Written in the transaction of the facts.

CREATE TABLE import_outcome (
    lender     text    NOT NULL CHECK (octet_length(lender) BETWEEN 1 AND 128),
    import_id  bigint  NOT NULL,
    log_index  bigint  NOT NULL CHECK (log_index >= 0),
    job_id     text    UNIQUE CHECK (job_id ~ '^job_[0-9a-f]{32}$'),
    outcome    text    CHECK (octet_length(outcome) <= 65536),
    line_count integer NOT NULL CHECK (line_count >= 0),
    line_total bigint  NOT NULL CHECK (line_total >= line_count),
    PRIMARY KEY (lender, import_id),
    FOREIGN KEY (lender, import_id) REFERENCES import (lender, id)
);
COMMENT ON TABLE import_outcome IS 'What was found in an imported file';
COMMENT ON COLUMN import_outcome.lender IS 'As of the import';
COMMENT ON COLUMN import_outcome.import_id IS 'The import';
COMMENT ON COLUMN import_outcome.log_index IS 'Its record in the log';
COMMENT ON COLUMN import_outcome.job_id IS 'The job that brought it, so that one begun again after a crash knows that it was done; NULL from the command line';
COMMENT ON COLUMN import_outcome.outcome IS 'A JSON object: counts of things and of report lines, and what the file could tell; NULL of a withdrawal';
COMMENT ON COLUMN import_outcome.line_count IS 'How many lines of the report are kept';
COMMENT ON COLUMN import_outcome.line_total IS 'How many there were';

CREATE TABLE import_report_line (
    lender    text    NOT NULL CHECK (octet_length(lender) BETWEEN 1 AND 128),
    import_id bigint  NOT NULL,
    position  integer NOT NULL CHECK (position >= 1),
    severity  text    NOT NULL CHECK (severity IN ('note', 'kept_with_doubt', 'not_kept')),
    line      bigint  NOT NULL CHECK (line >= 0),
    field     text    NOT NULL,
    value     text    NOT NULL,
    rule      text    NOT NULL,
    text_zh   text    NOT NULL,
    text_en   text    NOT NULL,
    PRIMARY KEY (lender, import_id, position)
);
COMMENT ON TABLE import_report_line IS 'The report of an import: what was not kept first, then what was kept with doubt, then notes; each in the order of the file';
COMMENT ON COLUMN import_report_line.lender IS 'As of the import';
COMMENT ON COLUMN import_report_line.import_id IS 'The import';
COMMENT ON COLUMN import_report_line.position IS 'From 1';
COMMENT ON COLUMN import_report_line.severity IS 'What became of it';
COMMENT ON COLUMN import_report_line.line IS 'Line of the file, from 1; 0: about the file as a whole';
COMMENT ON COLUMN import_report_line.field IS 'JSON Pointer or name of a column; empty for all of the line';
COMMENT ON COLUMN import_report_line.value IS 'What stands there, cut short';
COMMENT ON COLUMN import_report_line.rule IS 'Code of the rule';
COMMENT ON COLUMN import_report_line.text_zh IS 'The rule in Chinese';
COMMENT ON COLUMN import_report_line.text_en IS 'The rule in English';

REVOKE ALL ON import_outcome, import_report_line FROM PUBLIC;
GRANT SELECT, INSERT ON import_outcome, import_report_line TO zcd_app;
