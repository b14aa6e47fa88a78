SELECT alert_id, way, event, state, made_at, COALESCE(done_at, 0), finding_id,
    kind, domain, subject, severity, conclusion, confidence, first_day, last_day
FROM alert
WHERE way = $1 AND state = 1 AND message_id = $2
ORDER BY severity DESC, alert_id
