SELECT token_id, name, label, scope, created_at, expires_at, seen_at
FROM api_token
WHERE $1 = '' OR name = $1
ORDER BY token_id
