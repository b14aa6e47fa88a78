SELECT finding_id, kind, domain, subject, state, severity, conclusion, confidence,
    first_day, last_day, opened_at, closed_at, muted_until, reason, evidence
FROM finding
WHERE finding_id = $1
