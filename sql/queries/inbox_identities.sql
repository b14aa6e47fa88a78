SELECT DISTINCT identity_key
FROM inbox
WHERE intake_id = $1
