-- Bank statements that were kept, and of their receipts those of nobody who was known then: to be matched again as contracts, payers and
-- their names come to be known.

CREATE TABLE bank_statement (
    uscc       text   NOT NULL COLLATE "C" CHECK (octet_length(uscc) BETWEEN 1 AND 64),
    lender     text   NOT NULL COLLATE "C" CHECK (octet_length(lender) BETWEEN 1 AND 128),
    import_id  bigint NOT NULL,
    matched_to bigint NOT NULL,
    PRIMARY KEY (uscc, lender, import_id)
);
COMMENT ON TABLE bank_statement IS 'One row for each statement that was kept';
COMMENT ON COLUMN bank_statement.uscc IS 'The organisation: a checked USCC, or SCHEME:ID as a publisher abroad gives it';
COMMENT ON COLUMN bank_statement.lender IS 'The lender that brought it';
COMMENT ON COLUMN bank_statement.import_id IS 'The import that brought it';
COMMENT ON COLUMN bank_statement.matched_to IS 'The last import of the lender that its receipts were matched with';
CREATE INDEX bank_statement_lender ON bank_statement (lender, import_id);

CREATE TABLE bank_statement_rest (
    uscc      text    NOT NULL COLLATE "C" CHECK (octet_length(uscc) BETWEEN 1 AND 64),
    lender    text    NOT NULL COLLATE "C" CHECK (octet_length(lender) BETWEEN 1 AND 128),
    import_id bigint  NOT NULL,
    part      integer NOT NULL CHECK (part > 0),
    receipts  bytea   NOT NULL CHECK (octet_length(receipts) <= 1048576),
    PRIMARY KEY (uscc, lender, import_id, part)
);
COMMENT ON TABLE bank_statement_rest IS 'Receipts of a statement whose payer was under no known contract: no facts, and shown to nobody, until they are';
COMMENT ON COLUMN bank_statement_rest.uscc IS 'The organisation, as in bank_statement';
COMMENT ON COLUMN bank_statement_rest.lender IS 'The lender that brought it';
COMMENT ON COLUMN bank_statement_rest.import_id IS 'The import that brought the statement';
COMMENT ON COLUMN bank_statement_rest.part IS 'Number of the piece, from 1';
COMMENT ON COLUMN bank_statement_rest.receipts IS 'Many at once, each as seven texts that end with NUL: line, day since 1970, fen, account, id, payer, note';

-- What matches the receipts of a statement again is an import of its own, which goes when that statement is taken back.
ALTER TABLE import ADD COLUMN matches bigint;
COMMENT ON COLUMN import.matches IS 'The import of the statement whose receipts it matches again; of kind matching alone';
ALTER TABLE import ADD CONSTRAINT import_matches FOREIGN KEY (lender, matches) REFERENCES import (lender, id);
ALTER TABLE import ADD CONSTRAINT import_matching CHECK ((kind = 'matching') = (matches IS NOT NULL));
ALTER TABLE import DROP CONSTRAINT import_kind_check;
ALTER TABLE import ADD CONSTRAINT import_kind_check
    CHECK (kind IN ('dossier', 'ocds', 'statement', 'notice', 'correction', 'withdrawal', 'matching'));
CREATE INDEX import_matched ON import (lender, matches) WHERE matches IS NOT NULL;

INSERT INTO bank_statement (uscc, lender, import_id, matched_to)
    SELECT DISTINCT r.uscc, r.lender, r.import_id, r.import_id FROM receipt r
    JOIN import i ON i.lender = r.lender COLLATE "default" AND i.id = r.import_id WHERE i.kind = 'statement';

REVOKE ALL ON bank_statement, bank_statement_rest FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (matched_to) ON bank_statement TO zcd_app;
GRANT SELECT, INSERT ON bank_statement_rest TO zcd_app;
