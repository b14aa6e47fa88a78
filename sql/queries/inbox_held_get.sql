SELECT intake_id, class, received_at, raw_bytes, row_bytes, raw_gone_at
FROM inbox_held
WHERE intake_id = $1
