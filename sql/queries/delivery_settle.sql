UPDATE delivery SET state = $3, reason = $4, due_at = $5, done_at = $6,
    worker = '', forgiven = forgiven + $7
WHERE delivery_id = $1 AND worker = $2
