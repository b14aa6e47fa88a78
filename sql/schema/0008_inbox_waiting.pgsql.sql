-- The same as in SQLite, where it is explained.
ALTER TABLE inbox ADD COLUMN due_at BIGINT;
ALTER TABLE inbox_raw ADD COLUMN is_mail BIGINT NOT NULL DEFAULT 0;

UPDATE inbox_raw SET is_mail = 1
WHERE intake_id IN (SELECT intake_id FROM inbox WHERE way IN ('lmtp', 'imap'));

CREATE INDEX inbox_due ON inbox (due_at, intake_id) WHERE due_at IS NOT NULL;
