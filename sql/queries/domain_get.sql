-- Planned once: one row.
SELECT domain, token, added_at
FROM owned_domain
WHERE domain = $1
