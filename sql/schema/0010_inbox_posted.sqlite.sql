-- What was posted and is posted again is known by its bytes, over a restart as
-- well.
ALTER TABLE inbox_raw ADD COLUMN
    posted_key BLOB;  -- SHA-256 of a body as it was posted, cut; or NULL

CREATE INDEX inbox_raw_posted ON inbox_raw (intake_id, posted_key)
    WHERE posted_key IS NOT NULL;
