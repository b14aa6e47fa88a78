INSERT INTO inbox_signer AS t (domain, first_at, last_at)
VALUES ($1, $2, $2)
ON CONFLICT (domain) DO UPDATE SET
    last_at = CASE WHEN t.last_at > $2 THEN t.last_at ELSE $2 END
