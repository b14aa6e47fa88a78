SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT)
FROM inbox_count
WHERE account <> $1 AND day >= $2 AND event = $3
