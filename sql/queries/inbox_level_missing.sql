SELECT intake_id, part
FROM inbox
WHERE has_levels = 0
ORDER BY intake_id, part
LIMIT $1
