SELECT attempt, started_at, ended_at, transport, peer, tls, status, answer
FROM delivery_attempt
WHERE delivery_id = $1
ORDER BY attempt
