INSERT INTO suppression (kind, value, reason, added_at, until)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, value) DO UPDATE SET reason = excluded.reason,
    added_at = excluded.added_at, until = excluded.until
