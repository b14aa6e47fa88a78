-- In PostgreSQL tallies get a partition for each day. Here their keys begin with
-- the day, and a range of days is found and removed by that.

-- What a day came to, as of when nothing was due last: closed and not due, this
-- is what it has. It stays when the tallies go.
ALTER TABLE day ADD COLUMN domains INTEGER NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN succeeded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE day ADD COLUMN reports INTEGER NOT NULL DEFAULT 0;

UPDATE day SET
    domains = (SELECT COUNT(DISTINCT t.domain) FROM tally_record t
        WHERE t.day = day.day),
    succeeded = (SELECT COALESCE(SUM(p.succeeded), 0) FROM tally_policy p
        WHERE p.day = day.day),
    failed = (SELECT COALESCE(SUM(p.failed), 0) FROM tally_policy p
        WHERE p.day = day.day),
    reports = (SELECT COUNT(*) FROM report r WHERE r.day = day.day)
WHERE closed_at IS NOT NULL AND due = 0;
