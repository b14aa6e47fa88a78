-- Planned once: few rows, whichever domain it is.
-- The days of some domains, $1; sorting them would cost more than reading.
SELECT domain, day, state, verdict, reports, reporters, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told, worst_type
FROM inbox_day
WHERE domain = ANY (string_to_array($1, '|')) AND day BETWEEN $2 AND $3
    AND domain <> ''
