-- A claim is a lease: who does not settle it in time loses it.
UPDATE delivery SET worker = $2, due_at = $4, attempts = attempts + 1,
    first_at = COALESCE(first_at, $3)
WHERE delivery_id = $1
RETURNING delivery_id, report_id, uri, host, attempts, first_at,
    attempts - forgiven, target
