DELETE FROM inbox_week
WHERE week = $1 AND domain = $2
