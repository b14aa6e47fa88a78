-- Planned once: few rows, whichever domain it is.
SELECT domain, day, state, verdict, reports, reporters, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told, worst_type
FROM inbox_day
WHERE domain = $1 AND day BETWEEN $2 AND $3
    AND ($4 = ''
        OR REPLACE($4, '|' || domain || '|', '') <> $4)
ORDER BY day, state, verdict
