SELECT counter, CAST(SUM(n) AS BIGINT)
FROM collector_count
WHERE day >= $1 AND day <= $2
GROUP BY counter
ORDER BY counter
