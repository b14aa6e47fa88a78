INSERT INTO web_user (name, role, bound, password, created_at, seen_at)
VALUES ('anna', 'viewer', 1, '*', 1771000000, 0);
INSERT INTO web_user_domain (name, domain)
VALUES ('anna', 'own.example');
INSERT INTO web_session (secret_key, name, csrf, created_at, seen_at)
VALUES (x'5e000000000000000000000000000001', 'anna', 'csrf', 1772411000,
    1772411000);
INSERT INTO api_token (token_id, secret_key, name, label, scope, created_at,
    expires_at, seen_at)
VALUES ('00000000-0000-4000-8000-0000000000a1',
    x'70000000000000000000000000000001', 'anna', 'monitor', 'read', 1771000000,
    1802000000, 0);
INSERT INTO audit (audit_id, at, name, address, event, detail)
VALUES ('00000000-0000-7000-8000-0000000000a2', 1771000000, '', '', 'user-add',
    'anna');
