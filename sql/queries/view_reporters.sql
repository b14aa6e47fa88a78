SELECT r.reporter, MIN(r.day), MAX(r.day), COUNT(DISTINCT r.day),
    MAX(r.received_at),
    CAST(SUM(CASE WHEN r.day >= $3 THEN r.reports ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN r.day >= $3 THEN r.sessions ELSE 0 END) AS BIGINT)
FROM inbox_reporter r
WHERE r.day BETWEEN $1 AND $2
    AND (($4 >> CAST(r.state AS INTEGER)) & 1) <> 0
    AND (($5 >> CAST(r.verdict AS INTEGER)) & 1) <> 0
GROUP BY r.reporter
ORDER BY r.reporter
