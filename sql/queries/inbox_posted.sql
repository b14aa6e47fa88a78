SELECT intake_id, posted_key
FROM inbox_raw
WHERE intake_id = $1 AND posted_key IS NOT NULL
