INSERT INTO inbox_week (week, domain, state, verdict, reports, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told)
SELECT $1, d.domain, d.state, d.verdict,
    CAST(SUM(d.reports) AS BIGINT),
    MAX(d.received_at),
    CAST(SUM(d.authenticated) AS BIGINT),
    CAST(SUM(d.testing) AS BIGINT),
    CAST(SUM(d.encrypted) AS BIGINT),
    CAST(SUM(d.cleartext) AS BIGINT),
    CAST(SUM(d.not_sent) AS BIGINT),
    CAST(SUM(d.told) AS BIGINT)
FROM inbox_day d
WHERE d.domain = $2 AND d.day BETWEEN $1 AND $1 + 6
GROUP BY d.domain, d.state, d.verdict
