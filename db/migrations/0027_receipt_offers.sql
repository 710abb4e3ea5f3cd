-- Receipts that wait for a person: the milestones they may belong to, and quick finding of those that wait.

CREATE TABLE receipt_offer (
    uscc           text        NOT NULL COLLATE "C" CHECK (octet_length(uscc) BETWEEN 1 AND 64),
    lender         text        NOT NULL COLLATE "C" CHECK (octet_length(lender) BETWEEN 1 AND 128),
    valid_from     date        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    import_id      bigint      NOT NULL,
    source_row     bigint      NOT NULL CHECK (source_row >= 0),
    removed        boolean     NOT NULL,
    superseded_by  bigint,
    account        text        NOT NULL COLLATE "C" CHECK (octet_length(account) <= 4),
    receipt_id     fact_id     NOT NULL,
    contract_id    fact_id     NOT NULL,
    milestone_id   fact_id     NOT NULL,
    confidence_ppm integer     CHECK (confidence_ppm BETWEEN 0 AND 1000000),
    reason         text,
    PRIMARY KEY (uscc, lender, account, receipt_id, contract_id, milestone_id, import_id)
);
COMMENT ON TABLE receipt_offer IS 'Milestones that a receipt may belong to, shown to the person who is to say';
COMMENT ON COLUMN receipt_offer.uscc IS 'The organisation: a checked USCC, or SCHEME:ID as a publisher abroad gives it';
COMMENT ON COLUMN receipt_offer.lender IS 'The lender that brought the fact';
COMMENT ON COLUMN receipt_offer.valid_from IS 'The day of the receipt';
COMMENT ON COLUMN receipt_offer.recorded_at IS 'Since when it is known: that of its import';
COMMENT ON COLUMN receipt_offer.import_id IS 'The import that brought it';
COMMENT ON COLUMN receipt_offer.source_row IS 'Line of the file, from 1';
COMMENT ON COLUMN receipt_offer.removed IS 'It is offered no more';
COMMENT ON COLUMN receipt_offer.superseded_by IS 'The first import that said otherwise about the same key; NULL while there is none';
COMMENT ON COLUMN receipt_offer.account IS 'Last four digits of the account';
COMMENT ON COLUMN receipt_offer.receipt_id IS 'The receipt';
COMMENT ON COLUMN receipt_offer.contract_id IS 'The contract it may be of';
COMMENT ON COLUMN receipt_offer.milestone_id IS 'The milestone';
COMMENT ON COLUMN receipt_offer.confidence_ppm IS 'How much speaks for it, in millionths; shared by the contracts offered for the same reason';
COMMENT ON COLUMN receipt_offer.reason IS 'Code of the rule';

CREATE INDEX receipt_waiting ON receipt (uscc, lender, received_on, receipt_id) WHERE contract_id = '';
COMMENT ON INDEX receipt_waiting IS 'Receipts without a milestone, in the order in which they are listed';

REVOKE ALL ON receipt_offer FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (superseded_by) ON receipt_offer TO zcd_app;
