UPDATE web_user SET seen_at = $2 WHERE name = $1
