-- Planned once: few rows, whichever domain it is.
SELECT l.day, l.reporter, CASE WHEN $8 = 1 THEN 0 ELSE l.verdict END AS layer,
    p.policy_type, CAST(SUM(CASE WHEN p.succeeded > 1000000000000
        THEN 1000000000000 ELSE p.succeeded END) AS BIGINT),
    CAST(SUM(CASE WHEN p.failed > 1000000000000
        THEN 1000000000000 ELSE p.failed END) AS BIGINT)
FROM inbox_level l JOIN inbox_policy p ON p.day = l.day
    AND p.domain = l.domain AND p.intake_id = l.intake_id AND p.part = l.part
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3
    AND ($4 = ''
        OR REPLACE($4, '|' || l.domain || '|', '') <> $4)
    AND (($5 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($6 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
    AND ($7 = '' OR l.reporter = $7)
    AND p.policy_type IN ($9, $10) AND p.unknown_type = ''
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
LIMIT $11
