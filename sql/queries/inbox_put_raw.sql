INSERT INTO inbox_raw (intake_id, raw, raw_bytes, is_mail)
VALUES ($1, $2, $3, $4)
ON CONFLICT (intake_id) DO NOTHING
