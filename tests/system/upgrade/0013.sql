-- As the program makes them of the rows of step 7. Who reports is not known of
-- what cannot be read.
UPDATE inbox SET has_levels = 1;
UPDATE inbox_policy SET succeeded_level = 1, failed_level = 5
WHERE policy_type = 2;
UPDATE inbox_policy SET succeeded_level = 3, failed_level = 4
WHERE policy_type = 9;
INSERT INTO inbox_level (day, domain, intake_id, part, state, verdict, reporter,
    received_at, authenticated, testing, encrypted, cleartext, not_sent, told,
    worst_type, worst_sessions)
VALUES (20513, 'own.example', '00000000-0000-4000-8000-0000000000e1', 0, 1, 3,
        'Org A', 1772410000, 10, 0, 0, 0, 3, 1, 204, 3),
    (20514, 'own.example', '00000000-0000-4000-8000-0000000000e2', 0, 1, 1,
        'reporter.example', 1772411000, 0, 0, 7, 0, 0, 1, 0, 0),
    (20514, '', '00000000-0000-4000-8000-0000000000e3', 0, 6, 5,
        '', 1772412000, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO inbox_day (day, domain, state, verdict, reports, reporters,
    received_at, authenticated, testing, encrypted, cleartext, not_sent, told,
    worst_type)
VALUES (20513, 'own.example', 1, 3, 1, 1, 1772410000, 10, 0, 0, 0, 3, 1, 204),
    (20514, 'own.example', 1, 1, 1, 1, 1772411000, 0, 0, 7, 0, 0, 1, 0),
    (20514, '', 6, 5, 1, 1, 1772412000, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO inbox_reporter (day, reporter, state, verdict, reports, received_at,
    sessions, failures)
VALUES (20513, 'Org A', 1, 3, 1, 1772410000, 13, 3),
    (20514, 'reporter.example', 1, 1, 1, 1772411000, 7, 0);
