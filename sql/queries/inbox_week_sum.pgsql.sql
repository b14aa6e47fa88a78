INSERT INTO inbox_week (week, domain, state, verdict, reports, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told)
SELECT t.week, d.domain, d.state, d.verdict,
    CAST(SUM(d.reports) AS BIGINT),
    MAX(d.received_at),
    CAST(SUM(d.authenticated) AS BIGINT),
    CAST(SUM(d.testing) AS BIGINT),
    CAST(SUM(d.encrypted) AS BIGINT),
    CAST(SUM(d.cleartext) AS BIGINT),
    CAST(SUM(d.not_sent) AS BIGINT),
    CAST(SUM(d.told) AS BIGINT)
FROM unnest($1::bigint[], $2::text[]) AS t (week, domain)
    JOIN inbox_day d ON d.domain = t.domain
    AND d.day BETWEEN t.week AND t.week + 6
GROUP BY t.week, d.domain, d.state, d.verdict
