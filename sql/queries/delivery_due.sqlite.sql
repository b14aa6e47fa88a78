-- What is to be claimed next. Hosts that the worker is busy with are between
-- commas in $2.
SELECT delivery_id, uri, host, target
FROM delivery
WHERE done_at IS NULL AND to_sign = 0 AND due_at <= $1
    AND $2 NOT LIKE '%,' || host || ',%'
ORDER BY due_at
LIMIT $3
