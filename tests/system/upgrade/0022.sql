INSERT INTO published (domain, kind, subject, first_at, last_at, value, dnssec)
VALUES ('own.example', 1, '', 1771000000, 1772411000, '10 mx.own.example',
    'insecure');
INSERT INTO watched (domain, due_at, looked_at, not_measured)
VALUES ('own.example', 1772500000, 1772411000, 'smtp');
