-- Which policies they saw; of a long one the beginning.
SELECT l.day, l.reporter, l.state, l.verdict, p.policy_type, p.policy_domain,
    SUBSTR(p.strings, 1, 2000), SUBSTR(p.mx_hosts, 1, 2000),
    CAST(SUM(CASE WHEN p.succeeded > 1000000000000
        THEN 1000000000000 ELSE p.succeeded END) AS BIGINT),
    CAST(SUM(CASE WHEN p.failed > 1000000000000
        THEN 1000000000000 ELSE p.failed END) AS BIGINT), MIN(l.intake_id)
FROM inbox_level l JOIN inbox_policy p ON p.day = l.day
    AND p.domain = l.domain AND p.intake_id = l.intake_id AND p.part = l.part
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3 AND l.received_at <= $4
    AND p.unknown_type = ''
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
ORDER BY CASE WHEN l.state = 1 AND l.verdict = 1 THEN 0 ELSE 1 END, l.reporter,
    l.day
LIMIT $5
