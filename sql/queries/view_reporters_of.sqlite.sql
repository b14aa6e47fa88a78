SELECT l.reporter, MIN(l.day), MAX(l.day), COUNT(DISTINCT l.day),
    MAX(l.received_at),
    CAST(SUM(CASE WHEN l.day >= $3 THEN 1 ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN l.day >= $3 THEN l.authenticated + l.testing
        + l.encrypted + l.cleartext + l.not_sent ELSE 0 END) AS BIGINT)
FROM owned_domain o CROSS JOIN inbox_level l
WHERE l.domain = o.domain AND l.day BETWEEN $1 AND $2
    AND ($6 = '' OR o.domain = $6)
    AND ($7 = ''
        OR REPLACE($7, '|' || o.domain || '|', '') <> $7)
    AND (($4 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($5 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
GROUP BY l.reporter
ORDER BY l.reporter
