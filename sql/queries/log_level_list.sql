SELECT day, domain, mx_host, peer_ip, tls, level, sessions, datagrams,
    settled, reported, first_at, last_at
FROM log_level
WHERE domain = $1 AND day >= $2 AND day <= $3
ORDER BY day, mx_host, peer_ip, tls, level
