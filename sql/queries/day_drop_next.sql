-- The next day before $1 whose tallies may be dropped and are still whole.
SELECT day, CASE WHEN authenticated IS NULL THEN 0 ELSE 1 END FROM day
WHERE day < $1 AND closed_at IS NOT NULL AND due = 0 AND dropped = 0
ORDER BY day
LIMIT 1
