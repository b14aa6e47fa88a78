INSERT INTO alert (alert_id, way, event, state, made_at, finding_id, kind, domain,
    subject, severity, conclusion, confidence, first_day, last_day)
VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
