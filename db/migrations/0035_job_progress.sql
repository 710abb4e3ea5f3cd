-- How far the reading of a file is, in what its reader knows besides bytes.
ALTER TABLE job ADD COLUMN progress_facts bigint CHECK (progress_facts >= 0);
ALTER TABLE job ADD COLUMN progress_line bigint CHECK (progress_line >= 0);
COMMENT ON COLUMN job.progress_facts IS 'Of an import: facts read so far; NULL of other kinds, and before it has begun';
COMMENT ON COLUMN job.progress_line IS 'Of an import: the last line of the file that was read; the same';
