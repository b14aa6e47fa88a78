-- The same as in SQLite, where it is explained.
ALTER TABLE inbox_raw ADD COLUMN posted_key BYTEA;

CREATE INDEX inbox_raw_posted ON inbox_raw (intake_id, posted_key)
    WHERE posted_key IS NOT NULL;
