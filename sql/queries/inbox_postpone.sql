UPDATE inbox SET due_at = $2
WHERE intake_id = $1 AND due_at IS NOT NULL
