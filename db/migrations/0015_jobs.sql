-- Work that takes longer than a request may: who asked for it, how far it is, what came of it.

CREATE TABLE job (
    id              text        NOT NULL PRIMARY KEY CHECK (id ~ '^job_[0-9a-f]{32}$'),
    kind            text        NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 64),
    state           text        NOT NULL DEFAULT 'waiting'
                                CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
    caller_id       text        NOT NULL CHECK (octet_length(caller_id) BETWEEN 1 AND 128),
    caller_role     text        NOT NULL CHECK (octet_length(caller_role) BETWEEN 1 AND 128),
    caller_lender   text        CHECK (octet_length(caller_lender) BETWEEN 1 AND 128),
    caller_uscc     text        CHECK (octet_length(caller_uscc) BETWEEN 1 AND 64),
    input           text        NOT NULL CHECK (octet_length(input) <= 1048576),
    input_file      text        CHECK (octet_length(input_file) BETWEEN 1 AND 4096),
    checkpoint      text        CHECK (octet_length(checkpoint) <= 1048576),
    progress_done   bigint      NOT NULL DEFAULT 0 CHECK (progress_done >= 0),
    progress_total  bigint      CHECK (progress_total >= 0),
    attempts        integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    not_before      timestamptz NOT NULL DEFAULT now(),
    lease           uuid,
    lease_until     timestamptz,
    cancel_asked    boolean     NOT NULL DEFAULT false,
    result          text        CHECK (octet_length(result) <= 4194304),
    problem_code    text,
    problem_detail  text,
    problem_pointer text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz,
    expires_at      timestamptz,
    CHECK ((state = 'running') = (lease IS NOT NULL) AND (lease IS NULL) = (lease_until IS NULL)),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((finished_at IS NULL) = (expires_at IS NULL)),
    CHECK ((state = 'succeeded') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (problem_code IS NOT NULL)
           AND (problem_code IS NULL) = (problem_detail IS NULL) AND (problem_code IS NULL) = (problem_pointer IS NULL))
);
COMMENT ON TABLE job IS 'Long work, taken by any process of the service; removed some time after it has ended';
COMMENT ON COLUMN job.id IS 'Public; sorts by when it was asked for';
COMMENT ON COLUMN job.kind IS 'Name from the table in api/jobs/job_kinds.c';
COMMENT ON COLUMN job.state IS 'waiting, running; then succeeded, failed or cancelled for good';
COMMENT ON COLUMN job.caller_id IS 'Who asked for it';
COMMENT ON COLUMN job.caller_role IS 'The role that let them ask';
COMMENT ON COLUMN job.caller_lender IS 'The lender they belong to, whose users see the job too; NULL for none';
COMMENT ON COLUMN job.caller_uscc IS 'The organisation they act for; NULL for none';
COMMENT ON COLUMN job.input IS 'What was asked for: a JSON object of the kind''s own';
COMMENT ON COLUMN job.input_file IS 'A file that belongs to the job and goes with it; NULL for none';
COMMENT ON COLUMN job.checkpoint IS 'What is done already: a JSON object of the kind''s own, from which the work goes on after a crash';
COMMENT ON COLUMN job.progress_done IS 'How much is done, in units of the kind';
COMMENT ON COLUMN job.progress_total IS 'Of how much; NULL when it is not known';
COMMENT ON COLUMN job.attempts IS 'How often it was begun';
COMMENT ON COLUMN job.not_before IS 'When it may be begun';
COMMENT ON COLUMN job.lease IS 'Random, new each time that it is begun: whoever has it may write to the row';
COMMENT ON COLUMN job.lease_until IS 'From then on another process may begin it again, unless the lease was extended';
COMMENT ON COLUMN job.cancel_asked IS 'Somebody wants it to end';
COMMENT ON COLUMN job.result IS 'What came of it: a JSON object of the kind''s own';
COMMENT ON COLUMN job.problem_code IS 'Why it failed, as in problem documents';
COMMENT ON COLUMN job.problem_detail IS 'The same in a phrase';
COMMENT ON COLUMN job.problem_pointer IS 'Where in the input; empty for all of it';
COMMENT ON COLUMN job.created_at IS 'When it was asked for';
COMMENT ON COLUMN job.started_at IS 'When it was first begun';
COMMENT ON COLUMN job.finished_at IS 'When it ended';
COMMENT ON COLUMN job.expires_at IS 'When the row is removed';

CREATE INDEX job_open ON job (state, not_before) WHERE state IN ('waiting', 'running');
CREATE INDEX job_caller ON job (caller_id, id DESC);
CREATE INDEX job_lender ON job (caller_lender, id DESC) WHERE caller_lender IS NOT NULL;
CREATE INDEX job_expires ON job (expires_at) WHERE expires_at IS NOT NULL;

REVOKE ALL ON job FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO zcd_app;
