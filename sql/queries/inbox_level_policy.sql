UPDATE inbox_policy SET succeeded_level = $6, failed_level = $7
WHERE day = $1 AND domain = $2 AND intake_id = $3 AND part = $4 AND policy = $5
