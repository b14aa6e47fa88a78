UPDATE alert SET message_id = $2 WHERE way = $1 AND state = 1
