INSERT INTO alert_said (way, domain, kind, subject, finding_id, severity,
    conclusion, is_closed, is_silent, said_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (way, domain, kind, subject) DO UPDATE SET finding_id = $5,
    severity = $6, conclusion = $7, is_closed = $8, is_silent = $9, said_at = $10
