SELECT first_at FROM published
WHERE domain = $1 AND kind = $2 AND subject = $3
LIMIT 1
