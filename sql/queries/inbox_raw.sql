SELECT raw, raw_bytes
FROM inbox_raw
WHERE intake_id = $1
