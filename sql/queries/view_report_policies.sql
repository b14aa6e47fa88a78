SELECT p.policy, p.domain, p.policy_type, p.unknown_type, p.policy_domain,
    p.strings, p.mx_hosts, p.succeeded, p.failed, p.has_succeeded, p.has_failed,
    p.succeeded_level, p.failed_level,
    (SELECT COUNT(*) FROM inbox_detail d
        WHERE d.day = p.day AND d.domain = p.domain
            AND d.intake_id = p.intake_id AND d.part = p.part
            AND d.policy = p.policy)
FROM inbox_policy p
WHERE p.intake_id = $1 AND p.part = $2
    AND ($3 = ''
        OR REPLACE($3, '|' || p.domain || '|', '') <> $3)
ORDER BY p.policy
