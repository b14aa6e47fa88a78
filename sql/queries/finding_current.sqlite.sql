-- Within a transaction nobody else writes them: that is so already.
SELECT finding_id, kind, domain, subject, state, severity, conclusion, confidence,
    first_day, last_day, opened_at, closed_at, muted_until, reason, evidence
FROM finding
WHERE domain = $1 AND closed_at IS NULL
ORDER BY kind, subject
