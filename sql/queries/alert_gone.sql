-- What something was said of, and is found no more. What was said after $3 was so
-- by a clock that was wrong.
SELECT s.finding_id, s.kind, s.domain, s.subject, 4, s.severity, s.conclusion,
    COALESCE(f.confidence, 1), COALESCE(f.first_day, 0),
    COALESCE(f.last_day, 0), 0, 1, s.finding_id, s.severity, s.conclusion,
    s.is_closed, s.is_silent, s.said_at
FROM alert_said s
    LEFT JOIN finding f ON f.finding_id = s.finding_id
WHERE s.way = $1 AND s.is_closed = 0 AND (s.is_silent <> 0 OR s.said_at <= $2
        OR s.said_at > $3)
    AND NOT EXISTS (SELECT 1 FROM finding c
        WHERE c.domain = s.domain AND c.kind = s.kind AND c.subject = s.subject
            AND c.closed_at IS NULL)
ORDER BY s.domain, s.kind, s.subject
LIMIT $4
