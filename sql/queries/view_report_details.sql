SELECT d.policy, d.detail, d.result_type, d.unknown_type, d.sending_ip,
    d.mx_hostname, d.helo, d.receiving_ip, d.info, d.reason, d.sessions
FROM inbox_policy p JOIN inbox_detail d ON d.day = p.day
    AND d.domain = p.domain AND d.intake_id = p.intake_id AND d.part = p.part
    AND d.policy = p.policy
WHERE p.intake_id = $1 AND p.part = $2 AND p.policy >= $4
    AND (d.policy, d.detail) > ($4, $5)
    AND ($3 = ''
        OR REPLACE($3, '|' || p.domain || '|', '') <> $3)
ORDER BY p.policy, d.detail
LIMIT $6
