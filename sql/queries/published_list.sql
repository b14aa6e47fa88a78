SELECT domain, kind, subject, value, dnssec, first_at, last_at
FROM published
WHERE domain = $1 AND last_at >= $2
ORDER BY kind, subject, first_at
