-- Planned once: few rows, whichever domain it is.
-- What one detail tells is cut where it is past all reason, as in the roll-ups.
SELECT CASE $13 WHEN 1 THEN d.mx_hostname WHEN 2 THEN d.receiving_ip
    WHEN 3 THEN l.reporter WHEN 4 THEN d.sending_ip WHEN 5 THEN p.strings
    ELSE '' END AS name,
    d.result_type, d.unknown_type,
    CASE WHEN $8 = 1 THEN 0 ELSE l.verdict END AS layer, p.failed_level,
    CAST(SUM(CASE WHEN d.sessions > 1000000000
        THEN 1000000000 ELSE d.sessions END) AS BIGINT),
    COUNT(DISTINCT d.intake_id || '.' || d.part), COUNT(DISTINCT l.reporter),
    MIN(d.day), MAX(d.day),
    CASE $13 WHEN 5 THEN p.policy_type ELSE 0 END,
    CASE $13 WHEN 5 THEN p.unknown_type ELSE '' END,
    CASE $13 WHEN 5 THEN p.policy_domain ELSE '' END
FROM inbox_level l JOIN inbox_policy p ON p.day = l.day
    AND p.domain = l.domain AND p.intake_id = l.intake_id AND p.part = l.part
    JOIN inbox_detail d ON d.day = p.day AND d.domain = p.domain
    AND d.intake_id = p.intake_id AND d.part = p.part AND d.policy = p.policy
WHERE l.domain = $1 AND l.day BETWEEN $2 AND $3
    AND ($4 = ''
        OR REPLACE($4, '|' || l.domain || '|', '') <> $4)
    AND (($5 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($6 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
    AND ($7 = '' OR l.reporter = $7)
    AND ($9 = '' OR d.mx_hostname = $9)
    AND ($10 = '' OR d.receiving_ip = $10)
    AND ($11 = '' OR d.sending_ip = $11)
    AND ($12 = 0 OR (d.result_type = $12 AND d.unknown_type = ''))
    AND ($15 = 0 OR p.failed_level = $15)
GROUP BY 1, 2, 3, 4, 5, 11, 12, 13
ORDER BY 6 DESC, 1, 2, 3, 4, 5, 11, 12, 13
LIMIT $14
