-- Another machine may have found the same just now.
INSERT INTO finding (finding_id, kind, domain, subject, state, severity,
    conclusion, confidence, first_day, last_day, opened_at, evidence)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT DO NOTHING
