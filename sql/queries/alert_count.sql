SELECT COUNT(*) FROM alert WHERE way = $1 AND state = 1
