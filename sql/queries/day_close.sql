UPDATE day SET closed_at = $2, closed_by = $3, missing = $4, due = due + 1
WHERE day = $1 AND closed_at IS NULL
