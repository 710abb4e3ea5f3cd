-- Reading an organisation's facts by an authorisation, or as the regulator, is a disclosure of its own form.
ALTER TABLE disclosure DROP CONSTRAINT disclosure_form_check;
ALTER TABLE disclosure ADD CONSTRAINT disclosure_form_check CHECK (form IN ('record', 'bundle', 'entries', 'value', 'facts'));
COMMENT ON COLUMN disclosure.form IS 'record: the leaf, alone, found by a search or decided again; bundle: with its documents; entries: among all of its tile; value: what stands behind its commitment; facts: what a lender knows of the organisation';
