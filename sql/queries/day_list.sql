SELECT d.day, d.closed_at, d.closed_by, d.missing,
    CAST(COALESCE((SELECT SUM(p.succeeded) FROM tally_policy p
        WHERE p.day = d.day), 0) AS BIGINT),
    CAST(COALESCE((SELECT SUM(p.failed) FROM tally_policy p
        WHERE p.day = d.day), 0) AS BIGINT),
    (SELECT COUNT(*) FROM report r WHERE r.day = d.day),
    (SELECT COUNT(*) FROM report r
        WHERE r.day = d.day AND r.delivered_at IS NOT NULL)
FROM day d
WHERE d.day >= $1
ORDER BY d.day
