SELECT name, role, bound, password, created_at, seen_at
FROM web_user
ORDER BY name
