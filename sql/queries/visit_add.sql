INSERT INTO visit AS v (target, hour, n) VALUES ($1, $2, $3)
ON CONFLICT (target, hour) DO UPDATE SET n = v.n + excluded.n
RETURNING n
