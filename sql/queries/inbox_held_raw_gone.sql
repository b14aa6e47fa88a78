UPDATE inbox_held SET raw_bytes = 0, raw_gone_at = $2
WHERE intake_id = $1
