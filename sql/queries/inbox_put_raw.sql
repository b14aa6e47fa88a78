INSERT INTO inbox_raw (intake_id, raw, raw_bytes, is_mail, posted_key)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (intake_id) DO NOTHING
