SELECT state, verdict, CASE WHEN state = $1 THEN reason ELSE '' END, COUNT(*),
    MIN(received_at), MAX(received_at)
FROM inbox
GROUP BY 1, 2, 3
ORDER BY 1, 4 DESC, 2, 3
