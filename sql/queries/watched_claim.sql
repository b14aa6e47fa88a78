INSERT INTO watched AS w (domain, due_at)
VALUES ($1, $4)
ON CONFLICT (domain) DO UPDATE SET due_at = excluded.due_at
    WHERE w.due_at <= $2 OR w.due_at > $3
