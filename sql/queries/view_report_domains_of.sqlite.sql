-- The same of many reports, $1 has "intake part|intake part".
SELECT l.domain, l.day, l.state, l.verdict, 1, 1, l.received_at,
    l.authenticated, l.testing, l.encrypted, l.cleartext, l.not_sent, l.told,
    l.worst_type, l.intake_id, l.part
FROM json_each('["' || REPLACE($1, '|', '","') || '"]') o
    CROSS JOIN inbox_level l
WHERE l.intake_id = SUBSTR(o.value, 1, INSTR(o.value, ' ') - 1)
    AND l.part = CAST(SUBSTR(o.value, INSTR(o.value, ' ') + 1) AS INTEGER)
    AND l.domain <> ''
    AND ($2 = ''
        OR REPLACE($2, '|' || l.domain || '|', '') <> $2)
ORDER BY l.intake_id, l.part, l.domain
