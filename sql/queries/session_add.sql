INSERT INTO web_session (secret_key, name, csrf, created_at, seen_at)
VALUES ($1, $2, $3, $4, $4)
