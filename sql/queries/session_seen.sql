UPDATE web_session SET seen_at = $2 WHERE secret_key = $1 AND seen_at < $2
