INSERT INTO delivery (delivery_id, report_id, uri, target, host, state, reason,
    queued_at, due_at, done_at, to_sign)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (report_id, uri) DO NOTHING
