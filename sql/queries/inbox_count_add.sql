INSERT INTO inbox_count AS t (account, day, event, class, n, bytes)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account, day, event, class) DO UPDATE SET n = t.n + excluded.n,
    bytes = t.bytes + excluded.bytes
