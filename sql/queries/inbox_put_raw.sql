INSERT INTO inbox_raw (intake_id, raw, raw_bytes)
VALUES ($1, $2, $3)
ON CONFLICT (intake_id) DO NOTHING
