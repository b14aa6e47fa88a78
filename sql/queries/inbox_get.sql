SELECT intake_id, part, received_at, way, peer, route, sender, recipient,
    state, reason, verdict, trust, submitter, organization, contact, report_id,
    start_at, end_at, policies, succeeded, failed, notes, like_id,
    has_succeeded, has_failed
FROM inbox
WHERE intake_id = $1
ORDER BY part
