-- For how many domains there were sessions.
SELECT day, COUNT(DISTINCT domain)
FROM tally_record
WHERE day >= $1 AND day <= $2
GROUP BY day
ORDER BY day
