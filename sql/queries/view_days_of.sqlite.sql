-- The days of some domains, $1.
SELECT d.domain, d.day, d.state, d.verdict, d.reports, d.reporters,
    d.received_at, d.authenticated, d.testing, d.encrypted, d.cleartext,
    d.not_sent, d.told, d.worst_type
FROM json_each('["' || REPLACE(TRIM($1, '|'), '|', '","') || '"]') o
    CROSS JOIN inbox_day d
WHERE d.domain = o.value AND d.day BETWEEN $2 AND $3
    AND d.domain <> ''
