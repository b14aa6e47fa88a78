-- What failed where; a count that is not told is one session.
SELECT l.day, l.reporter, l.state, l.verdict, p.policy_type, p.failed_level,
    d.result_type, d.mx_hostname, d.receiving_ip, d.sending_ip, d.reason,
    CAST(SUM(CASE WHEN d.sessions IS NULL THEN 1
        WHEN d.sessions > 1000000000 THEN 1000000000
        ELSE d.sessions END) AS BIGINT),
    MAX(l.received_at), MIN(l.intake_id), MAX(i.end_at)
FROM inbox_level l JOIN inbox_policy p ON p.day = l.day
    AND p.domain = l.domain AND p.intake_id = l.intake_id AND p.part = l.part
    JOIN inbox_detail d ON d.day = p.day AND d.domain = p.domain
    AND d.intake_id = p.intake_id AND d.part = p.part AND d.policy = p.policy
    JOIN inbox i ON i.intake_id = l.intake_id AND i.part = l.part
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3 AND l.received_at <= $4
    AND d.unknown_type = ''
GROUP BY l.day, l.reporter, l.state, l.verdict, p.policy_type, p.failed_level,
    d.result_type, d.mx_hostname, d.receiving_ip, d.sending_ip, d.reason
ORDER BY CASE WHEN l.state = 1 AND l.verdict = 1 THEN 0 ELSE 1 END, 12 DESC, l.reporter, l.day
LIMIT $5
