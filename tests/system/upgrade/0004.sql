INSERT INTO no_report (day, domain, reason)
VALUES (20513, 'c.example', 'too large');
