-- As in SQLite, where it is explained.
ALTER TABLE day ADD COLUMN late BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN dropped BIGINT NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN reports_gone BIGINT NOT NULL DEFAULT 0;

UPDATE day SET dropped = 1
WHERE closed_at IS NOT NULL AND due = 0
    AND NOT EXISTS (SELECT 1 FROM tally_policy p WHERE p.day = day.day);
