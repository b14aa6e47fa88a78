-- Planned once: few rows, whichever domain it is.
-- Days on which certificates failed, by type: their names,
-- trust and end, and that of the host of an MTA-STS policy (RFC 8460 s4.3).
SELECT DISTINCT d.result_type, l.day
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
    AND l.worst_type <> 0
    AND d.unknown_type = ''
    AND d.result_type IN (202, 203, 204, 303)
ORDER BY 1, 2
