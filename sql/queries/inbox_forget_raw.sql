DELETE FROM inbox_raw
WHERE intake_id = $1
