DELETE FROM inbox_reporter
WHERE day = $1 AND reporter = $2
