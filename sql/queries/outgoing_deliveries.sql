-- The newest first, with what was answered last.
SELECT d.delivery_id, d.report_id, COALESCE(r.domain, ''), d.uri, d.state,
    d.reason, d.attempts, d.due_at, d.done_at, d.queued_at,
    COALESCE((SELECT a.answer FROM delivery_attempt a
        WHERE a.delivery_id = d.delivery_id
        ORDER BY a.attempt DESC LIMIT 1), '')
FROM delivery d LEFT JOIN report r ON r.report_id = d.report_id
WHERE ($1 = '' OR r.domain = $1) AND ($2 = '' OR d.report_id = $2)
    AND ($6 = 0 OR d.state = $6)
    AND ($7 = ''
        OR REPLACE($7, '|' || COALESCE(r.domain, '') || '|', '') <> $7)
    AND (d.queued_at, d.delivery_id) < ($3, $4)
ORDER BY d.queued_at DESC, d.delivery_id DESC
LIMIT $5
