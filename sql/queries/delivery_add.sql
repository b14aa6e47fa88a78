INSERT INTO delivery (delivery_id, report_id, uri, host, state, reason,
    queued_at, due_at, done_at, to_sign)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (report_id, uri) DO NOTHING
