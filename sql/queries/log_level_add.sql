INSERT INTO log_level AS t (day, domain, mx_host, peer_ip, tls, level, sessions,
    datagrams, first_at, last_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (day, domain, mx_host, peer_ip, tls, level) DO UPDATE
    SET sessions = t.sessions + excluded.sessions,
        datagrams = t.datagrams + excluded.datagrams,
        first_at = CASE WHEN excluded.first_at < t.first_at
            THEN excluded.first_at ELSE t.first_at END,
        last_at = CASE WHEN excluded.last_at > t.last_at
            THEN excluded.last_at ELSE t.last_at END
