-- The next deliveries of a host.
SELECT delivery_id, uri, target
FROM delivery
WHERE host = $1 AND done_at IS NULL AND to_sign = 0 AND due_at <= $2
ORDER BY due_at, delivery_id
LIMIT $3
