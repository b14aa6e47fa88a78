INSERT INTO delivery_host (host, due_at)
VALUES ('a.example', 1772450000),
    ('r.example', 1772415000),
    ('s.example', 1772410000);
