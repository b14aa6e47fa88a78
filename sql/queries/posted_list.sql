SELECT intake_id, posted_key
FROM inbox_raw
WHERE posted_key IS NOT NULL AND intake_id >= $1
ORDER BY intake_id DESC
LIMIT $2
