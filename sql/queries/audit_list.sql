-- The newest first; behind $1, or from the start where that is empty.
SELECT audit_id, at, name, address, event, detail
FROM audit
WHERE $1 = '' OR audit_id < $1
ORDER BY audit_id DESC
LIMIT $2
