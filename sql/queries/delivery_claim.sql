-- A claim is a lease: who does not settle it in time loses it.
UPDATE delivery SET worker = $2, due_at = $4, attempts = attempts + 1,
    first_at = COALESCE(first_at, $3)
WHERE delivery_id = $1
RETURNING delivery_id, report_id, uri, host, attempts, first_at,
    attempts - forgiven, target,
    COALESCE((SELECT r.day FROM report r
        WHERE r.report_id = delivery.report_id), 0),
    COALESCE((SELECT r.domain FROM report r
        WHERE r.report_id = delivery.report_id), '')
