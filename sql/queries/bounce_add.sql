INSERT INTO bounce AS b (uri, bounces, first_at)
VALUES ($1, 1, $2)
ON CONFLICT (uri) DO UPDATE SET bounces = b.bounces + 1
RETURNING bounces
