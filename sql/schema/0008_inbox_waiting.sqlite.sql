-- What waits is taken once more when it is due, and for that it has to be known
-- whether it is a mail.
ALTER TABLE inbox ADD COLUMN due_at INTEGER;  -- NULL: it does not wait
ALTER TABLE inbox_raw ADD COLUMN
    is_mail INTEGER NOT NULL DEFAULT 0;  -- else a report as it was posted

UPDATE inbox_raw SET is_mail = 1
WHERE intake_id IN (SELECT intake_id FROM inbox WHERE way IN ('lmtp', 'imap'));

CREATE INDEX inbox_due ON inbox (due_at, intake_id) WHERE due_at IS NOT NULL;
