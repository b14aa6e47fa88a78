SELECT r.reporter
FROM inbox_reporter r
WHERE r.reporter >= $1 AND r.reporter < $2
GROUP BY r.reporter
ORDER BY r.reporter
LIMIT $3
