UPDATE delivery SET to_sign = 0
WHERE delivery_id = $1
