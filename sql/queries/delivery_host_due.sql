SELECT due_at
FROM delivery
WHERE host = $1 AND done_at IS NULL AND to_sign = 0
ORDER BY due_at
LIMIT 1
