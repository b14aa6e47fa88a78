INSERT INTO rua_seen (domain, uri, first_at, last_at, dnssec)
VALUES ($1, $2, $3, $3, $4)
ON CONFLICT (domain, uri) DO UPDATE SET last_at = excluded.last_at,
    dnssec = excluded.dnssec
