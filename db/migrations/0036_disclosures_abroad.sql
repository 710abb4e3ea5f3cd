-- Organisations abroad have no code: the facts of theirs that are shown are a disclosure too.
ALTER TABLE disclosure DROP CONSTRAINT disclosure_uscc_check;
ALTER TABLE disclosure ADD CONSTRAINT disclosure_uscc_check CHECK (octet_length(uscc) BETWEEN 1 AND 64);
COMMENT ON COLUMN disclosure.uscc IS 'The organisation whose record was read: a checked USCC, or SCHEME:ID as a publisher abroad gives it';
