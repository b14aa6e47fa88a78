-- Planned once: one row.
SELECT received_at
FROM inbox
WHERE state = $1
ORDER BY received_at DESC
LIMIT 1
