UPDATE alert_way SET worked_until = 0 WHERE way = $1 AND worker = $2
