INSERT INTO inbox_level (day, domain, intake_id, part, state, verdict, reporter,
    received_at, authenticated, testing, encrypted, cleartext, not_sent, told,
    worst_type, worst_sessions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
