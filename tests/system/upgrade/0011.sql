-- As the step makes them of the rows of step 7: 22 bytes, and 400 + 700 + 400 a
-- report with one policy, 400 + 700 for the one with none.
INSERT INTO inbox_held (intake_id, class, received_at, source, raw_bytes,
    row_bytes, raw_gone_at)
VALUES ('00000000-0000-4000-8000-0000000000e1', 2, 1772410000, '', 22, 1500,
        NULL),
    ('00000000-0000-4000-8000-0000000000e2', 1, 1772411000, '', 22, 1500,
        NULL),
    ('00000000-0000-4000-8000-0000000000e3', 4, 1772412000, '', 0, 1100,
        NULL);
INSERT INTO inbox_sum (account, class, n, bytes)
VALUES ('', 1, 1, 1522),
    ('', 2, 1, 1522),
    ('', 4, 1, 1100);
INSERT INTO inbox_count (account, day, event, class, n, bytes)
VALUES ('', 20514, 1, 1, 1, 1522),
    ('', 20514, 1, 2, 1, 1522),
    ('', 20514, 1, 4, 1, 1100);
INSERT INTO inbox_signer (domain, first_at, last_at)
VALUES ('reporter.example', 1771000000, 1772411000);
