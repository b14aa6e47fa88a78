UPDATE alert_way SET due_at = $2, failures = $3, message_id = $4,
    left_out = left_out - $5, tried_at = $6, answer = $7
WHERE way = $1
