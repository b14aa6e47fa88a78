INSERT INTO delivery_attempt (delivery_id, attempt, started_at)
VALUES ($1, $2, $3)
