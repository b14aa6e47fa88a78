INSERT INTO inbox_held (intake_id, class, received_at, source, raw_bytes,
    row_bytes)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (intake_id) DO NOTHING
