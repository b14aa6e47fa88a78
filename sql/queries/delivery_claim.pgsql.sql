-- A claim is a lease: who does not settle it in time loses it. Hosts that the
-- worker is busy with are between commas in $5.
UPDATE delivery SET worker = $1, due_at = $3, attempts = attempts + 1,
    first_at = COALESCE(first_at, $2)
WHERE delivery_id IN (SELECT delivery_id FROM delivery
    WHERE done_at IS NULL AND to_sign = 0 AND due_at <= $2
        AND $5 NOT LIKE '%,' || host || ',%'
    ORDER BY due_at
    LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING delivery_id, report_id, uri, host, attempts, first_at,
    attempts - forgiven, target
