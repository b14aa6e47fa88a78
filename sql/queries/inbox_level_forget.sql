DELETE FROM inbox_level
WHERE intake_id = $1
