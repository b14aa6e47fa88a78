SELECT kind, value, reason, added_at, until
FROM suppression
WHERE until IS NULL OR until > $1
ORDER BY kind, value
