INSERT INTO inbox_reporter (day, reporter, state, verdict, reports, received_at,
    sessions, failures)
SELECT l.day, l.reporter, l.state, l.verdict, COUNT(*), MAX(l.received_at),
    CAST(SUM(l.authenticated + l.testing + l.encrypted + l.cleartext
        + l.not_sent) AS BIGINT),
    CAST(SUM(l.cleartext + l.not_sent) AS BIGINT)
FROM unnest($1::bigint[], $2::text[]) AS t (day, reporter)
    JOIN inbox_level l ON l.day = t.day AND l.reporter = t.reporter
WHERE l.domain <> ''
GROUP BY l.day, l.reporter, l.state, l.verdict
