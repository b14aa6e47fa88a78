DELETE FROM api_token WHERE token_id = $1 AND ($2 = '' OR name = $2)
