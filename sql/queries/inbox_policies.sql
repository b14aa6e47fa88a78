SELECT day, domain, policy, policy_type, unknown_type, policy_domain, strings,
    mx_hosts, succeeded, failed, has_succeeded, has_failed
FROM inbox_policy
WHERE intake_id = $1 AND part = $2
ORDER BY policy
