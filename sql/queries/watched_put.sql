UPDATE watched SET looked_at = $2, not_measured = $3
WHERE domain = $1
