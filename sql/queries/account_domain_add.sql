INSERT INTO web_user_domain (name, domain)
VALUES ($1, $2)
ON CONFLICT (name, domain) DO NOTHING
