UPDATE finding SET state = $2, closed_at = $3
WHERE finding_id = $1 AND closed_at IS NULL
