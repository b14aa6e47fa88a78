UPDATE alert_way SET left_out = left_out + $2 WHERE way = $1
