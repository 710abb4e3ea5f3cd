-- What an organisation's facts say about its payers is replaced as a whole, so that no row ever comes to nothing.
DROP INDEX organisation_payer_delay_nothing;
ALTER TABLE organisation_payer_delay ADD CHECK (share_ppm > 0);
