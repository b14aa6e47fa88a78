-- No row: the ceiling $3 is reached.
INSERT INTO visit AS v (target, hour, n) VALUES ($1, $2, 1)
ON CONFLICT (target, hour) DO UPDATE SET n = v.n + 1 WHERE v.n < $3
RETURNING n
