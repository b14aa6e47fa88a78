-- Monday, 2026-02-23, is day 20507.
INSERT INTO inbox_week (week, domain, state, verdict, reports, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told)
VALUES (20507, 'own.example', 1, 3, 1, 1772410000, 10, 0, 0, 0, 3, 1),
    (20514, 'own.example', 1, 1, 1, 1772411000, 0, 0, 7, 0, 0, 1),
    (20514, '', 6, 5, 1, 1772412000, 0, 0, 0, 0, 0, 0);
