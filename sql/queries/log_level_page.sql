-- Of one day, behind a row of it.
SELECT day, domain, mx_host, peer_ip, tls, level, sessions, datagrams,
    settled, reported, first_at, last_at
FROM log_level
WHERE day = $1 AND ($2 = '' OR domain = $2) AND ($3 = 0 OR level = $3)
    AND ($10 = '' OR REPLACE($10, '|' || domain || '|', '') <> $10)
    AND (domain, mx_host, peer_ip, tls, level) > ($4, $5, $6, $7, $8)
ORDER BY domain, mx_host, peer_ip, tls, level
LIMIT $9
