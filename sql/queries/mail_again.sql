UPDATE delivery SET to_sign = 1
WHERE delivery_id = $1 AND done_at IS NULL
