INSERT INTO api_token (token_id, secret_key, name, label, scope, created_at,
    expires_at, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
