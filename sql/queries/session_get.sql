-- Planned once: one row.
SELECT name, csrf, created_at, seen_at FROM web_session WHERE secret_key = $1
