-- Sums of each domain; '' is what is about none of ours. The whole weeks from
-- $1 to $2, and the days before and behind them.
SELECT s.domain, CAST(-1 AS BIGINT), s.state, s.verdict,
    CAST(SUM(s.reports) AS BIGINT), CAST(0 AS BIGINT), MAX(s.received_at),
    CAST(SUM(s.authenticated) AS BIGINT),
    CAST(SUM(s.testing) AS BIGINT),
    CAST(SUM(s.encrypted) AS BIGINT),
    CAST(SUM(s.cleartext) AS BIGINT),
    CAST(SUM(s.not_sent) AS BIGINT),
    CAST(SUM(s.told) AS BIGINT),
    CAST(0 AS BIGINT)
FROM (SELECT domain, state, verdict, reports, received_at, authenticated, testing,
        encrypted, cleartext, not_sent, told
    FROM inbox_week
    WHERE week BETWEEN $1 AND $2
    UNION ALL
    SELECT domain, state, verdict, reports, received_at, authenticated, testing,
        encrypted, cleartext, not_sent, told
    FROM inbox_day
    WHERE day BETWEEN $3 AND $4
    UNION ALL
    SELECT domain, state, verdict, reports, received_at, authenticated, testing,
        encrypted, cleartext, not_sent, told
    FROM inbox_day
    WHERE day BETWEEN $5 AND $6) s
GROUP BY s.domain, s.state, s.verdict
ORDER BY s.domain, s.state, s.verdict
