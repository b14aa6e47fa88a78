INSERT INTO delivery_mail (delivery_id, message, keys, signed_at)
SELECT delivery_id, $2, $3, $4
FROM delivery
WHERE delivery_id = $1 AND to_sign = 1
ON CONFLICT (delivery_id) DO UPDATE SET message = excluded.message,
    keys = excluded.keys, signed_at = excluded.signed_at
