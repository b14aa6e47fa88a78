-- What came for a day after it had been closed; and whether the day's tallies are
-- going or gone: then what it came to is its own, and what comes late is added
-- to that.
ALTER TABLE day ADD COLUMN late INTEGER NOT NULL DEFAULT 0;     -- policy results
ALTER TABLE day ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;  -- 1: it is so
-- Reports that have been removed.
ALTER TABLE day ADD COLUMN reports_gone INTEGER NOT NULL DEFAULT 0;

UPDATE day SET dropped = 1
WHERE closed_at IS NOT NULL AND due = 0
    AND NOT EXISTS (SELECT 1 FROM tally_policy p WHERE p.day = day.day);
