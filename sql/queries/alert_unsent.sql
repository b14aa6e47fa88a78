-- It has not been told for sure: the next message is another one.
UPDATE alert SET message_id = ''
WHERE way = $1 AND state = 1 AND message_id = $2
