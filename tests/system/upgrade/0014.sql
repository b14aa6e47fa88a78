INSERT INTO collector_journal (collector, journal, segment, position)
VALUES ('00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000003', 1, 77);
