UPDATE delivery SET state = $2, reason = $3, done_at = $4, worker = '', to_sign = 0
WHERE delivery_id = $1 AND done_at IS NULL
