SELECT domain, day, state, verdict, CAST(1 AS BIGINT), CAST(1 AS BIGINT),
    received_at, authenticated, testing, encrypted, cleartext, not_sent, told,
    worst_type
FROM inbox_level
WHERE intake_id = $1 AND part = $2 AND domain <> ''
    AND ($3 = ''
        OR REPLACE($3, '|' || domain || '|', '') <> $3)
ORDER BY domain
