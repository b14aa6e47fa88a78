-- What another one is just removing is passed over.
SELECT intake_id, class, received_at, raw_bytes, row_bytes, raw_gone_at
FROM inbox_held
WHERE class = $1 AND received_at < $2 AND raw_gone_at IS NULL
ORDER BY received_at, intake_id
LIMIT $3
FOR UPDATE SKIP LOCKED
