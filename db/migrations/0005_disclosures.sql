-- Reading entry bundles and values behind commitments is a disclosure of its own form.
ALTER TABLE disclosure DROP CONSTRAINT disclosure_form_check;
ALTER TABLE disclosure ADD CONSTRAINT disclosure_form_check CHECK (form IN ('record', 'bundle', 'entries', 'value'));
COMMENT ON COLUMN disclosure.form IS 'record: the leaf, alone, found by a search or decided again; bundle: with its documents; entries: among all of its tile; value: what stands behind its commitment';
