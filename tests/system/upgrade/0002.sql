-- One is done, two wait for the same host, one for another, one was given up
-- because no host can be told from its URI.
INSERT INTO delivery (delivery_id, report_id, uri, host, state, reason,
    queued_at, due_at, worker, attempts, forgiven, first_at, done_at)
VALUES ('00000000-0000-4000-8000-0000000000d1', '20260228.1@old.example',
        'https://r.example/tlsrpt', 'r.example', 4, '', 1772323450, 1772323500,
        '', 1, 0, 1772323500, 1772323501),
    ('00000000-0000-4000-8000-0000000000d2', '20260301.1@old.example',
        'https://r.example/tlsrpt', 'r.example', 2, 'refused', 1772409850,
        1772420000, '', 1, 1, 1772409900, NULL),
    ('00000000-0000-4000-8000-0000000000d3', '20260301.1@old.example',
        'https://r.example/other', 'r.example', 1, '', 1772409850, 1772415000,
        '', 0, 0, NULL, NULL),
    ('00000000-0000-4000-8000-0000000000d4', '20260301.1@old.example',
        'https://s.example/tlsrpt', 's.example', 1, '', 1772409850, 1772410000,
        '', 0, 0, NULL, NULL),
    ('00000000-0000-4000-8000-0000000000d5', '20260301.1@old.example',
        'ftp:x', '', 5, 'no such scheme', 1772409850, 1772409850, '', 0, 0,
        NULL, 1772409850);
INSERT INTO delivery_attempt (delivery_id, attempt, started_at, ended_at,
    transport, peer, tls, status, answer)
VALUES ('00000000-0000-4000-8000-0000000000d1', 1, 1772323500, 1772323501,
        'https', '198.51.100.9', 'verified', 201, ''),
    ('00000000-0000-4000-8000-0000000000d2', 1, 1772409900, NULL, 'https', '',
        '', 0, '');
