-- All domains.
SELECT day, domain, mx_host, peer_ip, tls, level, sessions, datagrams,
    settled, reported, first_at, last_at
FROM log_level
WHERE day >= $1 AND day <= $2
ORDER BY domain, day, mx_host, peer_ip, tls, level
