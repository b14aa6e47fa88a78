INSERT INTO inbox_sum AS t (account, class, n, bytes)
VALUES ($1, $2, $3, $4)
ON CONFLICT (account, class) DO UPDATE SET n = t.n + excluded.n,
    bytes = t.bytes + excluded.bytes
