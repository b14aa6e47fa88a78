-- One was posted, one came by mail, one could not be read.
INSERT INTO owned_domain (domain, token, added_at)
VALUES ('own.example', 'tok', 1771000000);
INSERT INTO inbox (intake_id, part, received_at, way, peer, route, sender,
    recipient, state, reason, verdict, trust, submitter, organization, contact,
    report_id, start_at, end_at, policies, succeeded, failed, notes,
    identity_key, content_key)
VALUES ('00000000-0000-4000-8000-0000000000e1', 0, 1772410000, 'https',
        '192.0.2.5', 'tok', '', '', 1, '', 3, '', '', 'Org A',
        'tls@one.example', 'r1', 1772323200, 1772409599, 1, 10, 3, '',
        x'e1000000000000000000000000000001',
        x'e1000000000000000000000000000002'),
    ('00000000-0000-4000-8000-0000000000e2', 0, 1772411000, 'lmtp',
        '192.0.2.6', '', 'a@reporter.example', 'tls@own.example', 1, '', 1, '',
        'reporter.example', 'Org B', 'tls@reporter.example', 'r2', 1772409600,
        1772495999, 1, 7, 0, '', x'e2000000000000000000000000000001',
        x'e2000000000000000000000000000002'),
    ('00000000-0000-4000-8000-0000000000e3', 0, 1772412000, 'lmtp',
        '192.0.2.7', '', 'b@x.example', 'tls@own.example', 6, 'no report', 5,
        '', '', '', '', '', NULL, NULL, 0, 0, 0, '',
        x'e3000000000000000000000000000001',
        x'e3000000000000000000000000000002');
INSERT INTO inbox_raw (intake_id, raw, raw_bytes)
VALUES ('00000000-0000-4000-8000-0000000000e1',
        x'1f8b0800000000000203abae050043bfa6a302000000', 2),
    ('00000000-0000-4000-8000-0000000000e2',
        x'1f8b0800000000000203abae050043bfa6a302000000', 2);
INSERT INTO inbox_policy (day, domain, intake_id, part, policy, policy_type,
    unknown_type, policy_domain, strings, mx_hosts, succeeded, failed)
VALUES (20513, 'own.example', '00000000-0000-4000-8000-0000000000e1', 0, 0, 2,
        '', 'own.example', 'version: STSv1
mode: enforce
mx: mx.own.example
max_age: 86400
', 'mx.own.example
', 10, 3),
    (20514, 'own.example', '00000000-0000-4000-8000-0000000000e2', 0, 0, 9,
        '', 'own.example', '', '', 7, 0);
INSERT INTO inbox_detail (day, domain, intake_id, part, policy, detail,
    result_type, unknown_type, sending_ip, mx_hostname, helo, receiving_ip,
    info, reason, sessions)
VALUES (20513, 'own.example', '00000000-0000-4000-8000-0000000000e1', 0, 0, 0,
    204, '', '192.0.2.5', 'mx.own.example', '', '198.51.100.2', '', '', 3);
INSERT INTO intake_place (spool, segment, position)
VALUES ('00000000-0000-4000-8000-0000000000f1', 2, 8192);
