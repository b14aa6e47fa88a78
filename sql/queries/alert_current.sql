-- Findings that are not closed, of which something may have to be said, a page.
SELECT f.finding_id, f.kind, f.domain, f.subject, f.state, f.severity,
    f.conclusion, f.confidence, f.first_day, f.last_day,
    COALESCE(f.muted_until, 0), CASE WHEN s.way IS NULL THEN 0 ELSE 1 END,
    COALESCE(s.finding_id, ''), COALESCE(s.severity, 0),
    COALESCE(s.conclusion, 0), COALESCE(s.is_closed, 0),
    COALESCE(s.is_silent, 0), COALESCE(s.said_at, 0)
FROM finding f
    LEFT JOIN alert_said s ON s.way = $1 AND s.domain = f.domain
        AND s.kind = f.kind AND s.subject = f.subject
WHERE f.closed_at IS NULL AND f.finding_id > $2
    AND (s.way IS NOT NULL OR f.severity >= $3)
    AND (s.way IS NULL OR s.is_closed <> 0 OR s.is_silent <> 0 OR f.state <> 1
        OR s.finding_id <> f.finding_id OR s.severity <> f.severity
        OR s.conclusion <> f.conclusion)
ORDER BY f.finding_id
LIMIT $4
