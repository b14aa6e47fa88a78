INSERT INTO owned_domain (domain, token, added_at)
VALUES ($1, $2, $3)
ON CONFLICT (domain) DO UPDATE SET token = excluded.token
