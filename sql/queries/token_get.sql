-- Planned once: one row.
SELECT token_id, name, label, scope, created_at, expires_at, seen_at
FROM api_token
WHERE secret_key = $1
