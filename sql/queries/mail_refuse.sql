UPDATE delivery SET to_sign = 0, state = $2, reason = $3, done_at = $4,
    worker = ''
WHERE delivery_id = $1 AND to_sign = 1
