DELETE FROM inbox_policy
WHERE intake_id = $1
