-- Planned once: few rows, whichever domain it is.
-- The same of many reports, $1 has "intake part|intake part".
SELECT l.domain, l.day, l.state, l.verdict, CAST(1 AS BIGINT),
    CAST(1 AS BIGINT), l.received_at, l.authenticated, l.testing, l.encrypted,
    l.cleartext, l.not_sent, l.told, l.worst_type, l.intake_id, l.part
FROM unnest(string_to_array($1, '|')) AS o(id) JOIN inbox_level l
    ON l.intake_id = split_part(o.id, ' ', 1)
    AND l.part = CAST(split_part(o.id, ' ', 2) AS BIGINT)
WHERE l.domain <> ''
    AND ($2 = ''
        OR REPLACE($2, '|' || l.domain || '|', '') <> $2)
ORDER BY l.intake_id, l.part, l.domain
