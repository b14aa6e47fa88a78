SELECT MIN(day)
FROM day
WHERE day >= $1 AND day <= $2 AND dropped = 0
    AND (closed_at IS NULL OR due > 0 OR authenticated IS NULL)
