INSERT INTO owned_host (host, domain)
VALUES ($1, $2)
ON CONFLICT (host, domain) DO NOTHING
