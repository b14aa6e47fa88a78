INSERT INTO inbox_policy (day, domain, intake_id, part, policy, policy_type,
    unknown_type, policy_domain, strings, mx_hosts, succeeded, failed,
    has_succeeded, has_failed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
