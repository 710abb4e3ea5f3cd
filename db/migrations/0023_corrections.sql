-- Corrections that an organisation's director files of a lender's fact, and what the lender's officer decided.
CREATE TABLE correction (
    uscc                text        NOT NULL CHECK (length(uscc) = 18),
    id                  text        NOT NULL CHECK (octet_length(id) = 54),
    log_index           bigint      NOT NULL CHECK (log_index >= 0),
    lender              text        NOT NULL COLLATE "C" CHECK (octet_length(lender) BETWEEN 1 AND 128),
    collection          text        NOT NULL,
    fact_key            text        NOT NULL COLLATE "C",
    seen_import         bigint      NOT NULL,
    filed_by            text        NOT NULL,
    filed_at            timestamptz NOT NULL,
    proposed_commitment bytea       NOT NULL CHECK (octet_length(proposed_commitment) = 32),
    reason_commitment   bytea       NOT NULL CHECK (octet_length(reason_commitment) = 32),
    evidence_commitment bytea       CHECK (octet_length(evidence_commitment) = 32),
    outcome             text        CHECK (outcome IN ('accepted', 'refused')),
    decided_by          text,
    decided_at          timestamptz,
    decided_index       bigint,
    decision_commitment bytea       CHECK (octet_length(decision_commitment) = 32),
    import_id           bigint,
    PRIMARY KEY (uscc, id),
    CHECK (num_nonnulls(outcome, decided_by, decided_at, decided_index) IN (0, 4)),
    CHECK ((outcome IS NOT DISTINCT FROM 'accepted') = (import_id IS NOT NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'refused') = (decision_commitment IS NOT NULL))
);
COMMENT ON TABLE correction IS 'Corrections filed by directors; what they say stands in personal_value, behind its commitments';
COMMENT ON COLUMN correction.uscc IS 'The organisation';
COMMENT ON COLUMN correction.id IS 'co_USCC_NONCE, of the record that filed it';
COMMENT ON COLUMN correction.log_index IS 'Record that filed it';
COMMENT ON COLUMN correction.lender IS 'The lender whose fact it is';
COMMENT ON COLUMN correction.collection IS 'Collection of the fact (api/codec/fact_forms.def)';
COMMENT ON COLUMN correction.fact_key IS 'Its key, as contracts/fact_table_store.h writes it';
COMMENT ON COLUMN correction.seen_import IS 'Import of what held when it was filed; 0: nothing did';
COMMENT ON COLUMN correction.filed_by IS 'The director';
COMMENT ON COLUMN correction.filed_at IS 'When';
COMMENT ON COLUMN correction.proposed_commitment IS 'What the fact should be';
COMMENT ON COLUMN correction.reason_commitment IS 'Why';
COMMENT ON COLUMN correction.evidence_commitment IS 'Where that can be seen; NULL: not said';
COMMENT ON COLUMN correction.outcome IS 'NULL while it waits';
COMMENT ON COLUMN correction.decided_by IS 'The officer';
COMMENT ON COLUMN correction.decided_at IS 'When';
COMMENT ON COLUMN correction.decided_index IS 'Record of the decision';
COMMENT ON COLUMN correction.decision_commitment IS 'Why it was refused';
COMMENT ON COLUMN correction.import_id IS 'Import by which it became the fact';
CREATE UNIQUE INDEX correction_log_index ON correction (uscc, log_index);

REVOKE ALL ON correction FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (outcome, decided_by, decided_at, decided_index, decision_commitment, import_id) ON correction TO zcd_app;
