-- Recorded assessments: which leaf each one is, and which documents it names.

CREATE TABLE assessment (
    uscc            text        NOT NULL CHECK (length(uscc) = 18),
    id              text        NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 128),
    log_index       bigint      NOT NULL CHECK (log_index >= 0),
    application_id  text        CHECK (octet_length(application_id) BETWEEN 1 AND 128),
    outcome         text        NOT NULL CHECK (outcome IN ('approve', 'approve_with_conditions', 'refer', 'decline')),
    dossier_sha256  bytea       NOT NULL CHECK (octet_length(dossier_sha256) = 32),
    policy_sha256   bytea       NOT NULL CHECK (octet_length(policy_sha256) = 32),
    decision_sha256 bytea       NOT NULL CHECK (octet_length(decision_sha256) = 32),
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (uscc, id),
    UNIQUE (uscc, log_index)
);
COMMENT ON TABLE assessment IS 'One row for each recorded assessment, made in the transaction of its leaf and never changed';
COMMENT ON COLUMN assessment.uscc IS 'The organisation assessed; first in the key, so that the table can be distributed by it';
COMMENT ON COLUMN assessment.id IS 'The public id, unique within the organisation';
COMMENT ON COLUMN assessment.log_index IS 'Index of its leaf';
COMMENT ON COLUMN assessment.application_id IS 'The application it belongs to; NULL when there is none';
COMMENT ON COLUMN assessment.outcome IS 'The decision''s outcome';
COMMENT ON COLUMN assessment.dossier_sha256 IS 'SHA-256 of the dossier in table document';
COMMENT ON COLUMN assessment.policy_sha256 IS 'SHA-256 of the policy in table document';
COMMENT ON COLUMN assessment.decision_sha256 IS 'SHA-256 of the full decision in table document';
COMMENT ON COLUMN assessment.created_at IS 'The instant that its leaf carries';

REVOKE ALL ON assessment FROM PUBLIC;
GRANT SELECT, INSERT ON assessment TO zcd_app;
