INSERT INTO finding (finding_id, kind, domain, subject, state, severity,
    conclusion, confidence, first_day, last_day, opened_at, closed_at, evidence)
VALUES ('00000000-0000-4000-8000-0000000000c1', 'certificate', 'own.example',
    'mx.own.example', 4, 2, 1, 2, 20500, 20505, 1771300000, 1771700000, '[]');
