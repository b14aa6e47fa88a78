-- Those of its reports that have the better of others.
SELECT DISTINCT identity_key
FROM inbox
WHERE intake_id = $1 AND state IN ($2, $3)
