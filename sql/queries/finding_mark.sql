-- Somebody says what is to become of it.
UPDATE finding SET state = $2, muted_until = $3, reason = $4
WHERE finding_id = $1 AND closed_at IS NULL
