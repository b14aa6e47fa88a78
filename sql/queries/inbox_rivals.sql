SELECT intake_id, part, state, verdict, content_key
FROM inbox
WHERE identity_key = $1 AND state IN ($2, $3, $4, $5)
ORDER BY received_at, intake_id, part
