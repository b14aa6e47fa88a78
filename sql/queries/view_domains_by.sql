-- What one reporter told of each domain.
SELECT l.domain, CAST(-1 AS BIGINT), l.state, l.verdict, COUNT(*),
    CAST(1 AS BIGINT), MAX(l.received_at),
    CAST(SUM(l.authenticated) AS BIGINT),
    CAST(SUM(l.testing) AS BIGINT),
    CAST(SUM(l.encrypted) AS BIGINT),
    CAST(SUM(l.cleartext) AS BIGINT),
    CAST(SUM(l.not_sent) AS BIGINT),
    CAST(SUM(l.told) AS BIGINT),
    MAX(l.worst_type)
FROM inbox_level l
WHERE l.reporter = $3 AND l.day BETWEEN $1 AND $2
GROUP BY l.domain, l.state, l.verdict
ORDER BY l.domain, l.state, l.verdict
