-- Who has reported about any domain of ours, and up to which day.
SELECT reporter, MAX(day), COUNT(DISTINCT domain)
FROM inbox_level
WHERE day BETWEEN $1 AND $2 AND received_at <= $3 AND domain <> ''
    AND state = $4 AND verdict = $5
GROUP BY reporter
ORDER BY reporter
LIMIT $6
