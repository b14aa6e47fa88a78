INSERT INTO web_user (name, role, bound, password, created_at, seen_at)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT),
    CAST($5 AS BIGINT), 0
WHERE NOT EXISTS (SELECT 1 FROM web_user)
