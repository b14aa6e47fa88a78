-- What one reporter told of a domain.
SELECT l.domain, l.day, l.state, l.verdict, COUNT(*), CAST(1 AS BIGINT),
    MAX(l.received_at),
    CAST(SUM(l.authenticated) AS BIGINT),
    CAST(SUM(l.testing) AS BIGINT),
    CAST(SUM(l.encrypted) AS BIGINT),
    CAST(SUM(l.cleartext) AS BIGINT),
    CAST(SUM(l.not_sent) AS BIGINT),
    CAST(SUM(l.told) AS BIGINT),
    MAX(l.worst_type)
FROM inbox_level l
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3
    AND ($4 = ''
        OR REPLACE($4, '|' || l.domain || '|', '') <> $4)
    AND l.reporter = $5
GROUP BY l.domain, l.day, l.state, l.verdict
ORDER BY l.day, l.state, l.verdict
