INSERT INTO alert_way (way, worker, worked_until, due_at, failures, message_id,
    left_out, message_left_out, tried_at, answer)
VALUES ('log', '', 0, 0, 0, '', 0, 0, 1771700000, 'ok');
INSERT INTO alert_said (way, domain, kind, subject, finding_id, severity,
    conclusion, is_closed, is_silent, said_at)
VALUES ('log', 'own.example', 'certificate', 'mx.own.example',
    '00000000-0000-4000-8000-0000000000c1', 2, 1, 1, 0, 1771700000);
INSERT INTO alert (alert_id, way, event, state, message_id, made_at, done_at,
    finding_id, kind, domain, subject, severity, conclusion, confidence,
    first_day, last_day)
VALUES ('00000000-0000-7000-8000-0000000000b1', 'log', 3, 2, '', 1771700000,
    1771700000, '00000000-0000-4000-8000-0000000000c1', 'certificate',
    'own.example', 'mx.own.example', 2, 1, 2, 20500, 20505);
