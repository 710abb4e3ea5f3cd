-- How payers pay, over all organisations: derived from the facts, kept current in the transaction of every import, and made
-- anew by `zcd payers rebuild`. A milestone counts from its payable day; a part paid by its share of the price, in millionths.

-- What each organisation's facts say. Never shown to another lender: it is there to be left out of the organisation's own
-- dossier, and to keep the sums below current.
CREATE TABLE organisation_payer_delay (
    uscc        text    NOT NULL COLLATE "C" CHECK (octet_length(uscc) BETWEEN 1 AND 64),
    lender      text    NOT NULL COLLATE "C",
    payer_key   text    NOT NULL COLLATE "C",
    level       text    NOT NULL COLLATE "C",
    fund_source text    NOT NULL COLLATE "C",
    weeks       integer NOT NULL CHECK (weeks BETWEEN -1 AND 159),
    payable_on  date    NOT NULL,
    share_ppm   bigint  NOT NULL,
    PRIMARY KEY (uscc, lender, payer_key, level, fund_source, weeks, payable_on)
);
COMMENT ON TABLE organisation_payer_delay IS 'Shares of milestones, paid after so many weeks or unpaid since a day, of one organisation by one lender''s facts';
COMMENT ON COLUMN organisation_payer_delay.uscc IS 'The organisation';
COMMENT ON COLUMN organisation_payer_delay.lender IS 'The lender whose facts say so';
COMMENT ON COLUMN organisation_payer_delay.payer_key IS 'The payer: its USCC, or NAME@REGION where it has none';
COMMENT ON COLUMN organisation_payer_delay.level IS 'The payer''s level';
COMMENT ON COLUMN organisation_payer_delay.fund_source IS 'Fund source of the contract';
COMMENT ON COLUMN organisation_payer_delay.weeks IS 'Whole weeks from the payable day to payment, at most 159; -1: unpaid';
COMMENT ON COLUMN organisation_payer_delay.payable_on IS 'Payable day of what is unpaid; -infinity where it is paid';
COMMENT ON COLUMN organisation_payer_delay.share_ppm IS 'How many milestones, in millionths';
CREATE INDEX organisation_payer_delay_nothing ON organisation_payer_delay (uscc) WHERE share_ppm = 0;

-- The sums over all organisations and lenders: all that crosses from one lender's facts to another's decisions.
CREATE TABLE payer_delay (
    payer_key   text    NOT NULL COLLATE "C",
    level       text    NOT NULL COLLATE "C",
    fund_source text    NOT NULL COLLATE "C",
    weeks       integer NOT NULL CHECK (weeks BETWEEN -1 AND 159),
    payable_on  date    NOT NULL,
    share_ppm   bigint  NOT NULL,
    PRIMARY KEY (payer_key, level, fund_source, weeks, payable_on)
);
COMMENT ON TABLE payer_delay IS 'Shares of milestones, paid after so many weeks or unpaid since a day, of each payer and of each class of payers';
COMMENT ON COLUMN payer_delay.payer_key IS 'The payer: its USCC, or NAME@REGION where it has none; empty: all payers of the class';
COMMENT ON COLUMN payer_delay.level IS 'The payer''s level';
COMMENT ON COLUMN payer_delay.fund_source IS 'Fund source of the contracts';
COMMENT ON COLUMN payer_delay.weeks IS 'Whole weeks from the payable day to payment, at most 159; -1: unpaid';
COMMENT ON COLUMN payer_delay.payable_on IS 'Payable day of what is unpaid; -infinity where it is paid';
COMMENT ON COLUMN payer_delay.share_ppm IS 'How many milestones, in millionths';
CREATE INDEX payer_delay_nothing ON payer_delay (payer_key) WHERE share_ppm = 0;

CREATE INDEX import_known ON import (recorded_at);

REVOKE ALL ON organisation_payer_delay, payer_delay FROM PUBLIC;
GRANT SELECT, INSERT, DELETE, UPDATE (share_ppm) ON organisation_payer_delay, payer_delay TO zcd_app;
