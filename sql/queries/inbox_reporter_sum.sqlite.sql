INSERT INTO inbox_reporter (day, reporter, state, verdict, reports, received_at,
    sessions, failures)
SELECT l.day, l.reporter, l.state, l.verdict, COUNT(*), MAX(l.received_at),
    CAST(SUM(l.authenticated + l.testing + l.encrypted + l.cleartext
        + l.not_sent) AS BIGINT),
    CAST(SUM(l.cleartext + l.not_sent) AS BIGINT)
FROM inbox_level l
WHERE l.day = $1 AND l.reporter = $2 AND l.domain <> ''
GROUP BY l.day, l.reporter, l.state, l.verdict
