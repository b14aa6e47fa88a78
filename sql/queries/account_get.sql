-- Planned once: one row.
SELECT name, role, bound, password, created_at, seen_at
FROM web_user
WHERE name = $1
