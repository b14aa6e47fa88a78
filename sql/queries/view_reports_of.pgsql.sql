-- The same for some domains.
SELECT l.day, i.intake_id, i.part, i.received_at, i.way, i.peer, i.route,
    i.sender, i.recipient, i.state, i.reason, i.verdict, i.trust, i.submitter,
    i.organization, i.contact, i.report_id, i.start_at, i.end_at, i.policies,
    i.succeeded, i.failed, i.notes, i.like_id, i.has_succeeded, i.has_failed
FROM owned_domain o CROSS JOIN inbox_level l
    JOIN inbox i ON i.intake_id = l.intake_id AND i.part = l.part
WHERE l.domain = o.domain AND l.day BETWEEN $1 AND $2
    AND (l.day, l.intake_id, l.part) < ($3, $4, $5)
    AND ($14 = '' OR o.domain = $14)
    AND ($15 = '' OR o.domain = ANY (string_to_array($15, '|')))
    AND (($7 >> CAST(l.state AS INTEGER)) & 1) <> 0
    AND (($8 >> CAST(l.verdict AS INTEGER)) & 1) <> 0
    AND ($9 = '' OR l.reporter = $9)
    AND ($10 = '' AND $11 = '' AND $12 = '' AND $13 = 0 OR EXISTS (
        SELECT 1 FROM inbox_policy p JOIN inbox_detail d ON d.day = p.day
            AND d.domain = p.domain AND d.intake_id = p.intake_id
            AND d.part = p.part AND d.policy = p.policy
        WHERE p.intake_id = l.intake_id AND p.part = l.part
            AND ($14 = '' OR p.domain = $14)
            AND ($15 = ''
                OR REPLACE($15, '|' || p.domain || '|', '') <> $15)
            AND ($10 = '' OR d.mx_hostname = $10)
            AND ($11 = '' OR d.receiving_ip = $11)
            AND ($12 = '' OR d.sending_ip = $12)
            AND ($13 = 0 OR d.result_type = $13 AND d.unknown_type = '')))
    AND ($16 = 0 OR EXISTS (SELECT 1 FROM inbox_level m
        WHERE m.intake_id = l.intake_id AND m.part = l.part
            AND ($14 = '' OR m.domain = $14)
            AND ($15 = ''
                OR REPLACE($15, '|' || m.domain || '|', '') <> $15)
            AND CASE $16 WHEN 1 THEN m.authenticated WHEN 2 THEN m.testing
                WHEN 3 THEN m.encrypted WHEN 4 THEN m.cleartext
                ELSE m.not_sent END > 0))
    AND l.domain <= (SELECT MIN(m.domain) FROM inbox_level m
        WHERE m.intake_id = l.intake_id AND m.part = l.part
            AND m.domain <> '' AND ($14 = '' OR m.domain = $14)
            AND ($15 = ''
                OR REPLACE($15, '|' || m.domain || '|', '') <> $15))
ORDER BY l.day DESC, l.intake_id DESC, l.part DESC
LIMIT $6
