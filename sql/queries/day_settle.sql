-- All reports are built, unless more came meanwhile.
UPDATE day SET due = 0,
    domains = (SELECT COUNT(DISTINCT t.domain) FROM tally_record t
        WHERE t.day = $1),
    succeeded = (SELECT CAST(COALESCE(SUM(p.succeeded), 0) AS BIGINT)
        FROM tally_policy p WHERE p.day = $1),
    failed = (SELECT CAST(COALESCE(SUM(p.failed), 0) AS BIGINT)
        FROM tally_policy p WHERE p.day = $1),
    reports = (SELECT COUNT(*) FROM report r WHERE r.day = $1)
WHERE day = $1 AND due = $2
