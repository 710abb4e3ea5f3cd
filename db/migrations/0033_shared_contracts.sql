-- Contracts that several suppliers perform together.

ALTER TABLE contract ADD COLUMN shared_with text;
COMMENT ON COLUMN contract.shared_with IS 'Names of the others who supply it together with this one: while its value is not known, it is in no dossier';
