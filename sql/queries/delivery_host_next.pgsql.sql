-- The host whose next delivery was due first, of those behind a place.
SELECT due_at, host
FROM delivery_host
WHERE due_at <= $1 AND (due_at, host) > ($2, $3)
ORDER BY due_at, host
LIMIT 1
FOR UPDATE SKIP LOCKED
