SELECT class, CAST(SUM(n) AS BIGINT), CAST(SUM(bytes) AS BIGINT)
FROM inbox_sum
GROUP BY class
ORDER BY class
