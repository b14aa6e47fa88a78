SELECT d.delivery_id, d.report_id, COALESCE(r.day, 0), COALESCE(r.domain, ''),
    d.uri, d.host, d.state, d.reason, d.queued_at, d.due_at, d.worker,
    d.attempts, d.first_at, d.done_at, d.to_sign, d.target
FROM delivery d LEFT JOIN report r ON r.report_id = d.report_id
WHERE d.report_id = $1 AND d.uri = $2
