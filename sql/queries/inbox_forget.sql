DELETE FROM inbox
WHERE intake_id = $1
