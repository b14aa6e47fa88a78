DELETE FROM inbox_day
WHERE day = $1 AND domain = $2
