UPDATE alert SET state = 2, done_at = $3
WHERE way = $1 AND state = 1 AND message_id = $2
