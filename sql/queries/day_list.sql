-- What was added up, and of days from $2 on what there is, unless that is no
-- longer all.
SELECT d.day, d.closed_at, d.closed_by, d.missing,
    CASE WHEN d.day < $2 OR d.dropped = 1 THEN d.succeeded
    ELSE CAST(COALESCE((SELECT SUM(p.succeeded) FROM tally_policy p
        WHERE p.day = d.day AND p.day >= $2), 0) AS BIGINT) END,
    CASE WHEN d.day < $2 OR d.dropped = 1 THEN d.failed
    ELSE CAST(COALESCE((SELECT SUM(p.failed) FROM tally_policy p
        WHERE p.day = d.day AND p.day >= $2), 0) AS BIGINT) END,
    CASE WHEN d.day < $2 THEN d.reports
    ELSE d.reports_gone
        + (SELECT COUNT(*) FROM report r WHERE r.day = d.day) END,
    (SELECT COUNT(*) FROM report r
        WHERE r.day = d.day AND r.delivered_at IS NULL),
    d.late
FROM day d
WHERE d.day >= $1
ORDER BY d.day
