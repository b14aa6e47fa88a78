UPDATE inbox SET has_levels = 1
WHERE intake_id = $1 AND part = $2
