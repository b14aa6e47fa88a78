-- All reports are built, unless more came meanwhile. Where tallies have been
-- dropped the sums stay: late sessions have been added to them already. Domains
-- that come late may be others or not: nobody knows any more.
UPDATE day SET due = 0,
    domains = CASE WHEN dropped = 1 THEN domains
        ELSE (SELECT COUNT(DISTINCT t.domain) FROM tally_record t
            WHERE t.day = $1) END,
    succeeded = CASE WHEN dropped = 1 THEN succeeded
        ELSE (SELECT CAST(COALESCE(SUM(p.succeeded), 0) AS BIGINT)
            FROM tally_policy p WHERE p.day = $1) END,
    failed = CASE WHEN dropped = 1 THEN failed
        ELSE (SELECT CAST(COALESCE(SUM(p.failed), 0) AS BIGINT)
            FROM tally_policy p WHERE p.day = $1) END,
    reports = reports_gone
        + (SELECT COUNT(*) FROM report r WHERE r.day = $1)
WHERE day = $1 AND due = $2
