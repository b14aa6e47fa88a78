INSERT INTO inbox_day (day, domain, state, verdict, reports, reporters,
    received_at, authenticated, testing, encrypted, cleartext, not_sent, told,
    worst_type)
SELECT l.day, l.domain, l.state, l.verdict, COUNT(*),
    COUNT(DISTINCT l.reporter), MAX(l.received_at),
    CAST(SUM(l.authenticated) AS BIGINT),
    CAST(SUM(l.testing) AS BIGINT),
    CAST(SUM(l.encrypted) AS BIGINT),
    CAST(SUM(l.cleartext) AS BIGINT),
    CAST(SUM(l.not_sent) AS BIGINT),
    CAST(SUM(l.told) AS BIGINT),
    COALESCE((SELECT w.worst_type FROM inbox_level w
        WHERE w.day = l.day AND w.domain = l.domain AND w.state = l.state
            AND w.verdict = l.verdict AND w.worst_type <> 0
        GROUP BY w.worst_type
        ORDER BY SUM(w.worst_sessions) DESC, w.worst_type
        LIMIT 1), 0)
FROM unnest($1::bigint[], $2::text[]) AS t (day, domain)
    JOIN inbox_level l ON l.day = t.day AND l.domain = t.domain
GROUP BY l.day, l.domain, l.state, l.verdict
