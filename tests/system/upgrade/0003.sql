INSERT INTO delivery (delivery_id, report_id, uri, host, state, queued_at,
    due_at, to_sign)
VALUES ('00000000-0000-4000-8000-0000000000d6', '20260301.1@old.example',
        'mailto:tls@a.example', 'a.example', 1, 1772409850, 1772409850, 1),
    ('00000000-0000-4000-8000-0000000000d7', '20260228.1@old.example',
        'mailto:tls@a.example', 'a.example', 1, 1772323450, 1772450000, 0);
INSERT INTO delivery_mail (delivery_id, message, keys, signed_at)
VALUES ('00000000-0000-4000-8000-0000000000d7', x'613a20620d0a0d0a00ff',
    's1._domainkey.sender.example abc', 1772323460);
INSERT INTO suppression (kind, value, reason, added_at, until)
VALUES ('host', 'no.example', 'asked', 1772323460, NULL),
    ('rua', 'mailto:x@a.example', 'bounced', 1772323460, 1782323460);
INSERT INTO bounce (uri, bounces, first_at)
VALUES ('mailto:x@a.example', 2, 1772323460);
INSERT INTO rua_seen (domain, uri, first_at, last_at, dnssec)
VALUES ('a.example', 'mailto:tls@a.example', 1771000000, 1772409850,
    'insecure');
INSERT INTO visit (target, hour, n)
VALUES ('r.example', 492336, 3);
