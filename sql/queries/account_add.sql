INSERT INTO web_user (name, role, bound, password, created_at, seen_at)
VALUES ($1, $2, $3, $4, $5, 0)
ON CONFLICT (name) DO NOTHING
