SELECT l.day, i.intake_id, i.part, i.received_at, i.way, i.peer, i.route,
    i.sender, i.recipient, i.state, i.reason, i.verdict, i.trust, i.submitter,
    i.organization, i.contact, i.report_id, i.start_at, i.end_at, i.policies,
    i.succeeded, i.failed, i.notes, i.like_id, i.has_succeeded, i.has_failed
FROM inbox_level l JOIN inbox i ON i.intake_id = l.intake_id
    AND i.part = l.part
WHERE l.intake_id = $1 AND l.part = $2
    AND ($3 = ''
        OR REPLACE($3, '|' || l.domain || '|', '') <> $3)
ORDER BY l.day
LIMIT 1
