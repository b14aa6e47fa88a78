-- Those that are not closed first. A range: those seen in a day of it.
SELECT finding_id, kind, domain, subject, state, severity, conclusion, confidence,
    first_day, last_day, opened_at, closed_at, muted_until, reason, evidence
FROM finding
WHERE ($1 = '' OR domain = $1)
    AND ($2 = '' OR REPLACE($2, '|' || domain || '|', '') <> $2)
    AND ($3 = 0 OR state = $3)
    AND ($4 = '' OR kind = $4)
    AND ($5 = 0 OR severity = $5)
    AND ($6 = 0 OR conclusion = $6)
    AND last_day >= $7 AND ($8 = 0 OR first_day <= $8)
ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, severity DESC,
    last_day DESC, finding_id
LIMIT $9
