-- Saturday 2026-02-28 (day 20512) has no tallies any more, Sunday is closed and
-- reported, Monday is open.
INSERT INTO collector (collector, host, journal, segment, position, watermark,
    registered_at, seen_at, forgotten)
VALUES ('00000000-0000-4000-8000-000000000001', 'old.example',
    '00000000-0000-4000-8000-000000000002', 3, 4096, 1772499600, 1772200000,
    1772409700, 0);
INSERT INTO day (day, closed_at, closed_by, missing, due)
VALUES (20512, 1772323300, 'watermark', '', 0),
    (20513, 1772409700, 'grace', 'gone.example', 0),
    (20514, NULL, '', '', 0);
INSERT INTO collector_count (day, collector, counter, n)
VALUES (20512, '00000000-0000-4000-8000-000000000001', 'received', 44),
    (20513, '00000000-0000-4000-8000-000000000001', 'received', 18),
    (20514, '00000000-0000-4000-8000-000000000001', 'received', 9);
INSERT INTO tally_record (day, domain, record_key, part, record, rua)
VALUES (20513, 'a.example', x'0a000000000000000000000000000001', 0,
        'v=TLSRPTv1; rua=mailto:tls@a.example', 'mailto:tls@a.example'),
    (20513, 'b.example', x'0b000000000000000000000000000001', 0, '', ''),
    (20514, 'a.example', x'0a000000000000000000000000000001', 0,
        'v=TLSRPTv1; rua=mailto:tls@a.example', 'mailto:tls@a.example');
INSERT INTO tally_policy (day, domain, record_key, part, policy_key,
    policy_type, policy_domain, strings, mx_hosts, succeeded, failed)
VALUES (20513, 'a.example', x'0a000000000000000000000000000001', 0,
        x'0a000000000000000000000000000002', 9, 'a.example', '', '', 5, 2),
    (20513, 'b.example', x'0b000000000000000000000000000001', 0,
        x'0b000000000000000000000000000002', 9, 'b.example', '', '', 11, 0),
    (20514, 'a.example', x'0a000000000000000000000000000001', 0,
        x'0a000000000000000000000000000002', 9, 'a.example', '', '', 6, 3);
INSERT INTO tally_detail (day, domain, record_key, part, policy_key, detail_key,
    result_type, sending_ip, mx_hostname, helo, receiving_ip, info, reason,
    sessions)
VALUES (20513, 'a.example', x'0a000000000000000000000000000001', 0,
        x'0a000000000000000000000000000002',
        x'0a000000000000000000000000000003', 204, '192.0.2.1',
        'mx.a.example', '', '198.51.100.1', '', 'it''s "old"\', 2),
    (20514, 'a.example', x'0a000000000000000000000000000001', 0,
        x'0a000000000000000000000000000002',
        x'0a000000000000000000000000000003', 201, '192.0.2.1',
        'mx.a.example', '', '198.51.100.1', '', '', 3);
-- The body is "{}" by gzip.
INSERT INTO report (report_id, day, domain, record_key, part, rua, file_name,
    body, json_bytes, policies, succeeded, failed, folded, built_at, stale,
    frozen_at, delivered_at)
VALUES ('20260228.1@old.example', 20512, 'a.example',
        x'0a000000000000000000000000000001', 0, 'mailto:tls@a.example',
        'one.json.gz', x'1f8b0800000000000203abae050043bfa6a302000000', 2, 1,
        40, 4, 0, 1772323400, 0, 1772323500, 1772323500),
    ('20260301.1@old.example', 20513, 'a.example',
        x'0a000000000000000000000000000001', 0, 'mailto:tls@a.example',
        'two.json.gz', x'1f8b0800000000000203abae050043bfa6a302000000', 2, 1,
        5, 2, 0, 1772409800, 0, 1772409900, 1772409900);
