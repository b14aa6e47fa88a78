UPDATE inbox SET state = $3, like_id = ''
WHERE intake_id = $1 AND part = $2
