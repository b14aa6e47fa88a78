UPDATE alert_way SET message_id = $2, message_left_out = $3 WHERE way = $1
