SELECT intake_id, part, received_at, way, peer, route, sender, recipient,
    state, reason, verdict, trust, submitter, organization, contact, report_id,
    start_at, end_at, policies, succeeded, failed, notes, like_id
FROM inbox
WHERE (received_at, intake_id, part) > ($1, $2, $3)
    AND ($4 = 0 OR state = $4)
ORDER BY received_at, intake_id, part
LIMIT $5
