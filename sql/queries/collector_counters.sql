SELECT collector, counter, CAST(SUM(n) AS BIGINT)
FROM collector_count
WHERE day >= $1
GROUP BY collector, counter
ORDER BY collector, counter
