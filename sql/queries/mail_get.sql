SELECT message, keys, signed_at
FROM delivery_mail
WHERE delivery_id = $1
