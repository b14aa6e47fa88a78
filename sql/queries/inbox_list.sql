SELECT intake_id, part, received_at, way, peer, route, sender, recipient,
    state, reason, verdict, trust, submitter, organization, contact, report_id,
    start_at, end_at, policies, succeeded, failed, notes, like_id,
    has_succeeded, has_failed
FROM inbox AS i
WHERE (received_at, intake_id, part) > ($1, $2, $3)
    AND ($5 = 0 OR state = $5)
    AND ($6 = 0 OR verdict = $6)
    AND ($7 = '' OR submitter = $7 OR organization = $7)
    AND ($8 = '' OR EXISTS (
        SELECT 1 FROM inbox_policy p
        WHERE p.intake_id = i.intake_id AND p.part = i.part
            AND p.policy_domain = $8))
    AND COALESCE(end_at, start_at, received_at) >= $9
    AND COALESCE(start_at, received_at) <= $10
ORDER BY received_at, intake_id, part
LIMIT $4
