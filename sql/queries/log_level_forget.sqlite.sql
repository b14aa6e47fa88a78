DELETE FROM log_level
WHERE (day, domain, mx_host, peer_ip, tls, level) IN (
    SELECT day, domain, mx_host, peer_ip, tls, level FROM log_level
    WHERE day < $1 LIMIT $2)
