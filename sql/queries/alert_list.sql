SELECT alert_id, way, event, state, made_at, COALESCE(done_at, 0), finding_id,
    kind, domain, subject, severity, conclusion, confidence, first_day, last_day
FROM alert
WHERE $1 = 0 OR state = $1
ORDER BY CASE WHEN state = 1 THEN 0 ELSE 1 END, made_at DESC, alert_id DESC
LIMIT $2
