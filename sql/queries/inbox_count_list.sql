SELECT event, class, CAST(SUM(n) AS BIGINT), CAST(SUM(bytes) AS BIGINT)
FROM inbox_count
WHERE day >= $1 AND day <= $2
GROUP BY event, class
ORDER BY event, class
