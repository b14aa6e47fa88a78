UPDATE inbox SET state = $3, like_id = $4
WHERE intake_id = $1 AND part = $2
