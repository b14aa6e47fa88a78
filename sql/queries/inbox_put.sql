INSERT INTO inbox (intake_id, part, received_at, way, peer, route, sender,
    recipient, state, reason, verdict, trust, submitter, organization, contact,
    report_id, start_at, end_at, policies, succeeded, failed,
    has_succeeded, has_failed, notes, identity_key, content_key, like_id,
    due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
    $28)
ON CONFLICT (intake_id, part) DO UPDATE SET state = excluded.state,
    reason = excluded.reason, verdict = excluded.verdict,
    trust = excluded.trust, submitter = excluded.submitter,
    organization = excluded.organization, contact = excluded.contact,
    report_id = excluded.report_id, start_at = excluded.start_at,
    end_at = excluded.end_at, policies = excluded.policies,
    succeeded = excluded.succeeded, failed = excluded.failed,
    has_succeeded = excluded.has_succeeded, has_failed = excluded.has_failed,
    notes = excluded.notes, identity_key = excluded.identity_key,
    content_key = excluded.content_key, like_id = excluded.like_id,
    due_at = excluded.due_at
