-- The files of jobs that have ended, and files that no job knows, are looked for every minute.
CREATE INDEX job_input_file ON job (input_file) WHERE input_file IS NOT NULL;
