-- What was added up when the days' reports were built.
SELECT day, authenticated, testing, encrypted, cleartext, not_sent
FROM day
WHERE day >= $1 AND day <= $2 AND (day < $3 OR dropped = 1)
ORDER BY day
