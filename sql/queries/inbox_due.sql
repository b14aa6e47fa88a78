SELECT i.intake_id, COALESCE(r.raw_bytes, 0)
FROM inbox i LEFT JOIN inbox_raw r ON r.intake_id = i.intake_id
WHERE i.due_at <= $1
ORDER BY i.due_at, i.intake_id
LIMIT $2
