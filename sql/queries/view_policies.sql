-- Planned once: few rows, whichever domain it is.
SELECT p.policy_type, p.unknown_type, p.policy_domain, p.strings, p.mx_hosts,
    CASE WHEN $8 = 1 THEN 0 ELSE l.verdict END AS layer, l.reporter,
    CAST(SUM(CASE WHEN p.succeeded > 1000000000000
        THEN 1000000000000 ELSE p.succeeded END) AS BIGINT),
    CAST(SUM(CASE WHEN p.failed > 1000000000000
        THEN 1000000000000 ELSE p.failed END) AS BIGINT),
    MIN(p.day), MAX(p.day)
FROM inbox_level l JOIN inbox_policy p ON p.day = l.day
    AND p.domain = l.domain AND p.intake_id = l.intake_id AND p.part = l.part
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3
    AND ($4 = ''
        OR REPLACE($4, '|' || l.domain || '|', '') <> $4)
    AND (($5 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($6 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
    AND ($7 = '' OR l.reporter = $7)
GROUP BY 1, 2, 3, 4, 5, 6, 7
ORDER BY 1, 2, 3, 4, 5, 6, 7
LIMIT $9
