INSERT INTO log_file (collector, path, device, inode, position, head_bytes,
    head_crc, read_at)
VALUES ('00000000-0000-4000-8000-000000000001', '/var/log/mail.log', 1, 2, 300,
    256, 4000000000, 1772411000);
INSERT INTO log_level (day, domain, mx_host, peer_ip, tls, level, sessions,
    datagrams, first_at, last_at)
VALUES (20513, 'a.example', 'mx.a.example', '198.51.100.1', 3, 3, 4, 3,
        1772323300, 1772323400),
    (20514, 'a.example', 'mx.a.example', '198.51.100.1', 3, 3, 2, 2,
        1772410000, 1772411000);
INSERT INTO log_history (domain, mx_host, first_at, last_at, first_tls_at,
    last_tls_at, run, run_since, best, missing_since, last_missing_at, missing)
VALUES ('a.example', 'mx.a.example', 1772323300, 1772411000, 1772323300,
    1772411000, 6, 1772323300, 3, 0, 0, 0);
